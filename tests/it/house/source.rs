//! A text file of the repository, and a Rust file taken apart into code,
//! literals and comments.

use std::path::{Path, PathBuf};

/// The repository's top folder.
pub(super) fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder`, as paths from the top with `/`, in order.
pub(super) fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::from(folder)];
    while let Some(path) = waiting.pop() {
        let on_disk = top().join(&path);
        if on_disk.is_dir() {
            waiting.extend(
                std::fs::read_dir(on_disk).unwrap().map(|e| path.join(e.unwrap().file_name())),
            );
        } else if on_disk.is_file() {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

/// Every file under `folder` with this extension.
pub(super) fn files_of(folder: &str, extension: &str) -> Vec<String> {
    let matches = |path: &String| Path::new(path).extension().is_some_and(|e| e == extension);
    files(folder).into_iter().filter(matches).collect()
}

pub(super) fn read(path: &str) -> String {
    String::from_utf8(std::fs::read(top().join(path)).unwrap())
        .unwrap_or_else(|_| panic!("{path} is not text"))
}

/// A Rust file. `code` has the text's lines, with comments and the insides of
/// literals blanked, so that a word found there is really code.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) code: String,
    /// Contents of string and character literals with their line, from 1.
    pub(super) literals: Vec<(usize, String)>,
    /// True of a file that its parent declares under `#[cfg(test)]`.
    pub(super) is_test: bool,
}

impl Source {
    pub(super) fn read(path: &str) -> Self {
        Self::parse(path, &read(path))
    }

    pub(super) fn parse(path: &str, text: &str) -> Self {
        let mut taker = Taker {
            rest: text.chars().collect(),
            at: 0,
            line: 1,
            code: String::new(),
            literals: Vec::new(),
        };
        taker.run();
        Self { path: path.to_owned(), code: taker.code, literals: taker.literals, is_test: false }
    }

    /// Lines of code with their number, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.lines())
    }

    /// The first line that only tests see: in a file of tests the first, else
    /// that of a `#[cfg(test)]` module, since those stand last.
    pub(super) fn first_test_line(&self) -> usize {
        if self.is_test {
            return 1;
        }
        self.test_modules()
            .find(|(_, declaration)| declaration.ends_with('{'))
            .map_or(usize::MAX, |(line, _)| line)
    }

    /// Line of each `#[cfg(test)]` that stands before a module, and the module's.
    fn test_modules(&self) -> impl Iterator<Item = (usize, &str)> {
        let next = self.code.lines().skip(1);
        let pairs = self.lines().zip(next);
        pairs
            .filter(|((_, line), next)| *line == "#[cfg(test)]" && next.contains("mod "))
            .map(|((number, _), next)| (number, next))
    }

    /// Paths of the files that hold this file's `#[cfg(test)] mod name;`, without
    /// their ending.
    fn test_files(&self) -> Vec<String> {
        let folder = self.path.strip_suffix("/mod.rs").or(self.path.strip_suffix(".rs"));
        let folder = folder.map(|path| path.trim_end_matches("/lib")).unwrap_or_default();
        let names = self
            .test_modules()
            .filter_map(|(_, declaration)| declaration.strip_suffix(';')?.rsplit(' ').next());
        names.map(|name| format!("{folder}/{name}")).collect()
    }

    /// Lines of code that end up in the program.
    pub(super) fn shipped_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.first_test_line();
        self.lines().take_while(move |(number, _)| *number < end)
    }

    /// `path:line`, as an editor jumps to it.
    pub(super) fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

/// Tells the files of tests from the others by what their parents say.
pub(super) fn mark_tests(sources: &mut [Source]) {
    let tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    for source in sources {
        source.is_test = tests.iter().any(|test| {
            source.path.strip_prefix(test.as_str()).is_some_and(|rest| rest.starts_with(['.', '/']))
        });
    }
}

/// Where `word` stands in `code` as a whole identifier.
pub(super) fn words_at(code: &str, word: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .filter(|(at, _)| {
            !code[..*at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part)
        })
        .map(|(at, _)| at)
        .collect()
}

struct Taker {
    rest: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Taker {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if self.raw_hashes().is_some() => self.raw_string(),
                '\'' => self.character_or_lifetime(),
                c if c.is_alphanumeric() || c == '_' => self.word(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn keep(&mut self) {
        if let Some(c) = self.peek(0) {
            self.code.push(c);
            self.line += usize::from(c == '\n');
            self.at += 1;
        }
    }

    fn blank(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.code.push(if c == '\n' { '\n' } else { ' ' });
        self.line += usize::from(c == '\n');
        self.at += 1;
        Some(c)
    }

    /// A whole word, so that the r of `for` opens no raw string.
    fn word(&mut self) {
        while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_') {
            let prefix = matches!(self.peek(0), Some('b' | 'c')) && self.rest_is_literal(1);
            self.keep();
            if prefix {
                return;
            }
        }
    }

    /// True where a literal opens `ahead` of here: of `b"…"`, `br#"…"#`.
    fn rest_is_literal(&self, ahead: usize) -> bool {
        let starts_here = self.at == 0
            || !self.rest.get(self.at - 1).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let raw = self.peek(ahead) == Some('r') && matches!(self.peek(ahead + 1), Some('"' | '#'));
        starts_here && (raw || matches!(self.peek(ahead), Some('"' | '\'')))
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut content = String::new();
        self.keep();
        while let Some(c) = self.peek(0).filter(|c| *c != '"') {
            content.push(c);
            self.blank();
            if c == '\\' {
                content.extend(self.blank());
            }
        }
        self.keep();
        self.literals.push((line, content));
    }

    /// How many `#` a raw string that opens here has.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest[self.at + 1..].iter().take_while(|c| **c == '#').count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let Some(hashes) = self.raw_hashes() else { return };
        let line = self.line;
        let mut content = String::new();
        (0..hashes + 2).for_each(|_| self.keep());
        loop {
            let closes = self.peek(0) == Some('"')
                && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#'));
            if closes || self.peek(0).is_none() {
                break;
            }
            content.extend(self.blank());
        }
        (0..=hashes).for_each(|_| self.keep());
        self.literals.push((line, content));
    }

    fn character_or_lifetime(&mut self) {
        let is_character = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        let line = self.line;
        self.keep();
        if !is_character {
            return;
        }
        let mut content = String::new();
        while let Some(c) = self.peek(0).filter(|c| *c != '\'' || content.is_empty()) {
            content.push(c);
            self.blank();
            if c == '\\' {
                content.extend(self.blank());
            }
        }
        self.keep();
        self.literals.push((line, content));
    }
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = r##"
// alpha
let a = "beta \" gamma"; /* delta /* epsilon */ zeta */ b('η', '\'', 'life);
let c = r#"theta " iota"#; let d = br"kappa"; for r in "lambda
mu" {} nu
"##;
    let source = Source::parse("src/x.rs", text);
    let hidden =
        ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "η", "theta", "iota", "kappa"];
    for word in hidden.iter().chain(&["lambda", "mu"]) {
        assert!(!source.code.contains(word), "{word} in {}", source.code);
    }
    for word in ["let a", "life", "let d", "for r in", "nu"] {
        assert!(source.code.contains(word), "{word} not in {}", source.code);
    }
    assert_eq!(source.code.lines().count(), text.lines().count());
    let contents: Vec<_> = source.literals.iter().map(|(l, s)| (*l, s.as_str())).collect();
    let expected = [
        (3, "beta \\\" gamma"),
        (3, "η"),
        (3, "\\'"),
        (4, "theta \" iota"),
        (4, "kappa"),
        (4, "lambda\nmu"),
    ];
    assert_eq!(contents, expected);
}

#[test]
fn tests_stand_last_or_in_files_of_their_own_and_are_not_shipped() {
    let inline = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
    assert_eq!(Source::parse("src/x.rs", inline).shipped_lines().count(), 1);

    let outline = "#[cfg(test)]\nmod proof;\nmod rest;\n";
    let paths = ["src/x/mod.rs", "src/x/proof.rs", "src/x/proof/a.rs", "src/x/rest.rs"];
    let mut sources = paths.map(|path| Source::parse(path, outline));
    mark_tests(&mut sources);
    assert_eq!(sources.map(|source| source.shipped_lines().count()), [3, 0, 0, 3]);

    let mut sources = ["src/y.rs", "src/y/proof.rs", "src/proof.rs"]
        .map(|path| Source::parse(path, if path == "src/y.rs" { outline } else { "1\n" }));
    mark_tests(&mut sources);
    assert_eq!(sources.map(|source| source.shipped_lines().count()), [3, 0, 1]);
}

#[test]
fn words_are_whole() {
    assert_eq!(words_at("egui egui_plot xegui egui::x", "egui"), [0, 21]);
}
