//! What may stand in the files' text.

use super::source::{Source, files, read, words_at};
use super::{assert_holds, assert_sees, program};

/// More lines than this want to be two files.
const MOST_LINES: usize = 500;

/// Folders of text that people read or machines run.
const TEXT_FOLDERS: &[&str] = &["src", "tests", "packaging", ".ci", "data", "assets"];
const TEXT_FILES: &[&str] = &["README.md", "Cargo.toml"];
const BINARY_ENDINGS: &[&str] =
    &[".otf", ".ttf", ".png", ".webp", ".ico", ".gz", ".zst", ".xlsx", ".db"];

/// Colours come from the tokens; these have no colour of their own.
const COLOURLESS: &[&str] = &["TRANSPARENT", "WHITE", "PLACEHOLDER"];
const COLOUR_MAKERS: &[&str] =
    &["from_rgb", "from_rgba_", "from_gray", "from_white_alpha", "hex_color!"];

/// Russian belongs into data and the Fluent files. Where Russian text itself
/// is what the code is about (a file, or a folder ending in `/`), and why:
const RUSSIAN_PLACES: &[(&str, &str)] = &[
    ("src/domain/mask.rs", "knows the words that stand before a number to be masked"),
    ("src/domain/mask/", "knows the words that stand before a name"),
    ("src/domain/name.rs", "folds Russian and Khakas letters"),
    ("src/domain/stem.rs", "folds letters that look alike"),
    ("src/server/", "a made-up region: what it sends is data"),
    ("src/cli/serve.rs", "names of the made-up region's tokens"),
    ("src/ui/views/settings.rs", "a language is offered by its own name"),
    ("src/domain/municipality.rs", "a kind of settlement, as the data spells it"),
];

fn is_of_place(path: &str, place: &str) -> bool {
    if place.ends_with('/') { path.starts_with(place) } else { path == place }
}

/// Cut in two, so that this file does not name them.
fn unfinished_marks() -> [String; 6] {
    [["TO", "DO"], ["FIX", "ME"], ["X", "XX"], ["HA", "CK"], ["unimpl", "emented!"], ["to", "do!"]]
        .map(|halves| halves.concat())
}

fn machine_paths() -> [String; 3] {
    [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"]].map(|halves| halves.concat())
}

/// (path, content) of every text file of the repository.
fn texts() -> Vec<(String, String)> {
    let is_text = |path: &String| !BINARY_ENDINGS.iter().any(|ending| path.ends_with(ending));
    let in_folders = TEXT_FOLDERS.iter().flat_map(|folder| files(folder));
    let alone = TEXT_FILES.iter().map(|path| (*path).to_owned());
    in_folders.chain(alone).filter(is_text).map(|path| (path.clone(), read(&path))).collect()
}

fn mark_breaches(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for mark in unfinished_marks() {
            let word = mark.trim_end_matches('!');
            let found = words_at(line, word)
                .iter()
                .any(|at| line[*at..].starts_with(&mark) && is_plain_text(line, *at));
            if found {
                breaches.push(format!("{path}:{number}: {mark}"));
            }
        }
        for machine in machine_paths().iter().filter(|machine| line.contains(*machine)) {
            breaches.push(format!("{path}:{number}: the machine's {machine}"));
        }
    }
    breaches
}

/// A mark inside a longer name with dashes or dots (a file, a key) is none.
fn is_plain_text(line: &str, at: usize) -> bool {
    !line[..at].ends_with(['-', '.', '/'])
}

fn attribute_breaches(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    let lines: Vec<_> = source.lines().collect();
    for (index, (number, line)) in lines.iter().enumerate() {
        if line.contains("#[allow(") || line.contains("#![allow(") {
            breaches.push(format!("{}: allow", source.place(*number)));
        }
        let attribute = lines[index..].iter().take(4).map(|(_, line)| line.trim());
        let until_closed: String = attribute.collect();
        let attribute = until_closed.split(")]").next().unwrap_or_default();
        if line.contains("[expect(") && !attribute.contains("reason =") {
            breaches.push(format!("{}: expect without a reason", source.place(*number)));
        }
    }
    breaches
}

fn length_breaches(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if lines > MOST_LINES { vec![format!("{path}: {lines} lines")] } else { Vec::new() }
}

fn colour_breaches(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    if source.path == "src/ui/tokens.rs" {
        return breaches;
    }
    for (number, line) in source.shipped_lines() {
        let from_digits = COLOUR_MAKERS.iter().any(|maker| {
            line.match_indices(maker).any(|(at, _)| {
                let arguments = line[at..].split_once('(').map_or("", |(_, rest)| rest);
                arguments.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '"')
            })
        });
        let named = line.match_indices("Color32::").any(|(at, prefix)| {
            let name: String = line[at + prefix.len()..]
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_')
                .collect();
            name.len() > 1 && !COLOURLESS.contains(&name.as_str())
        });
        if from_digits || named {
            breaches.push(format!("{}: a colour", source.place(number)));
        }
    }
    let end = source.first_test_line();
    for (number, text) in source.literals.iter().filter(|(line, _)| *line < end) {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let is_colour =
            matches!(digits.len(), 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit());
        if is_colour {
            breaches.push(format!("{}: a colour", source.place(*number)));
        }
    }
    breaches
}

fn russian_breaches(source: &Source) -> Vec<String> {
    if RUSSIAN_PLACES.iter().any(|(place, _)| is_of_place(&source.path, place)) {
        return Vec::new();
    }
    shipped_russian(source)
}

fn shipped_russian(source: &Source) -> Vec<String> {
    let is_cyrillic = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let end = source.first_test_line();
    let shipped = source.literals.iter().filter(|(line, _)| *line < end);
    let russian = shipped.filter(|(_, text)| text.contains(is_cyrillic));
    russian.map(|(line, text)| format!("{}: «{text}»", source.place(*line))).collect()
}

fn each(check: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    program().iter().flat_map(check).collect()
}

#[test]
fn nothing_is_left_unfinished_and_no_machine_is_named() {
    let breaches: Vec<String> =
        texts().iter().flat_map(|(path, text)| mark_breaches(path, text)).collect();
    assert_holds("unfinished marks, machine paths", &breaches);
}

#[test]
fn lints_are_never_switched_off_in_silence() {
    assert_holds("attributes", &each(attribute_breaches));
}

#[test]
fn files_are_short() {
    let long: Vec<String> = texts()
        .iter()
        .filter(|(path, _)| path.starts_with("src/"))
        .flat_map(|(path, text)| length_breaches(path, text))
        .collect();
    assert_holds("a file is one noun", &long);
}

#[test]
fn colours_come_from_the_tokens() {
    assert_holds("colours", &each(colour_breaches));
}

#[test]
fn russian_comes_from_data_and_fluent_files() {
    assert_holds("Russian in code", &each(russian_breaches));
}

#[test]
fn no_exception_outlives_its_reason() {
    let sources = program();
    for (place, _) in RUSSIAN_PLACES {
        let needed = sources
            .iter()
            .any(|source| is_of_place(&source.path, place) && !shipped_russian(source).is_empty());
        assert!(needed, "{place} has no Russian left: take it off the list");
    }
}

#[test]
fn planted_marks_and_paths_are_seen() {
    let [work, ..] = unfinished_marks();
    let [.., work_macro] = unfinished_marks();
    let [machine, ..] = machine_paths();
    let planted = format!("// {work}: later\nlet x = {work_macro}();\ncp a {machine}b\nmastodon\n");
    let breaches = mark_breaches("x.rs", &planted);
    assert_sees(&breaches, &["x.rs:1: ", "x.rs:2: ", "x.rs:3: the machine's"]);
}

#[test]
fn planted_attributes_are_seen() {
    let allow = ["#[al", "low(dead_code)]"].concat();
    let bare = ["#[ex", "pect(dead_code)]"].concat();
    let good = "#[expect(\n    dead_code,\n    reason = \"why\"\n)]";
    let source = Source::parse(
        "src/a.rs",
        &format!("{allow}\nfn a() {{}}\n{bare}\nfn b() {{}}\n\n\n{good}\n"),
    );
    assert_sees(&attribute_breaches(&source), &["src/a.rs:1: allow", "src/a.rs:3: expect"]);
}

#[test]
fn a_planted_long_file_is_seen() {
    assert_sees(&length_breaches("src/a.rs", &"\n".repeat(MOST_LINES + 1)), &["501 lines"]);
    assert_sees(&length_breaches("src/a.rs", &"\n".repeat(MOST_LINES)), &[]);
}

#[test]
fn planted_colours_are_seen() {
    let planted = "let a = Color32::from_rgb(12, 3, 4);\nlet b = Color32::RED;\nlet c = \"#ff8800\";\n\
                   let d = Color32::from_rgba_unmultiplied(1, 2, 3, 4);\n\
                   let e = Color32::from_rgb(r, g, b);\nlet f = Color32::TRANSPARENT;\n\
                   let g = Color32::from_black_alpha(96); // #ff8800\n";
    let seen = ["src/ui/a.rs:1:", "src/ui/a.rs:2:", "src/ui/a.rs:3:", "src/ui/a.rs:4:"];
    assert_sees(&colour_breaches(&Source::parse("src/ui/a.rs", planted)), &seen);
    assert_sees(&colour_breaches(&Source::parse("src/ui/tokens.rs", planted)), &[]);
}

#[test]
fn planted_russian_is_seen() {
    let planted = "let a = \"Обстановка\"; // слова\nlet b = 'Ғ';\n#[cfg(test)]\nmod tests {\n    \"труба\"\n}\n";
    let breaches = russian_breaches(&Source::parse("src/ui/a.rs", planted));
    assert_sees(&breaches, &["src/ui/a.rs:1: «Обстановка»", "src/ui/a.rs:2: «Ғ»"]);
}

/// What `reason_words` puts before a key of the protocol or the store.
const HEADS: [&str; 3] = ["skip", "kind", "scope"];

/// Keys that nothing says: a key stands whole among the literals of the code, or one of them
/// is what it begins with, before an end that is put behind it.
fn unsaid(words: &str, literals: &[&str]) -> Vec<String> {
    let keys = words.lines().filter_map(|line| line.split_once(" =").map(|(key, _)| key));
    let is_put_together = |key: &str| {
        let mut heads = key.match_indices('-').map(|(at, _)| &key[..at]);
        heads.any(|head| {
            let start = format!("{head}-{{");
            HEADS.contains(&head) || literals.iter().any(|literal| literal.starts_with(&start))
        })
    };
    let is_said = |key: &&str| literals.contains(key) || is_put_together(key);
    keys.filter(|key| !key.starts_with([' ', '#']) && !is_said(key)).map(str::to_owned).collect()
}

#[test]
fn every_word_is_said_somewhere() {
    let program = program();
    let literals = program.iter().flat_map(|source| &source.literals);
    let literals: Vec<&str> = literals.map(|(_, literal)| &**literal).collect();
    assert_holds("words that nothing says", &unsaid(&read("assets/locale/ru.ftl"), &literals));
    let planted = "said = да\nreason-lost = да\nskip-late = да\nleft-over = нет\n    [one] = 1\n";
    assert_sees(&unsaid(planted, &["said", "reason-{why}", "left"]), &["left-over"]);
}
