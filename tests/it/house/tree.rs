//! What stands where in the repository.

use super::source::{Source, files, files_of, read, top};
use super::{assert_holds, assert_sees};

/// The top level, beside names that begin with a dot and what git ignores.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "assets",
    "data",
    "packaging",
    "src",
    "tests",
];

fn top_breaches<'a>(names: impl IntoIterator<Item = &'a str>, ignored: &str) -> Vec<String> {
    let is_ignored = |name: &str| ignored.lines().any(|line| line.strip_suffix('/') == Some(name));
    let allowed = |name: &&str| TOP.contains(name) || name.starts_with('.') || is_ignored(name);
    names
        .into_iter()
        .filter(|name| !allowed(name))
        .map(|name| format!("at the top: {name}"))
        .collect()
}

/// SQL files that no Rust file names: they would never run.
fn sql_breaches(sql: &[String], sources: &[Source]) -> Vec<String> {
    let is_named = |path: &String| {
        let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
        sources
            .iter()
            .flat_map(|source| &source.literals)
            .any(|(_, text)| text.rsplit('/').next() == Some(name))
    };
    sql.iter()
        .filter(|path| !is_named(path))
        .map(|path| format!("{path} is named nowhere"))
        .collect()
}

/// Data files without a row in SOURCES.md, and rows without a file.
fn source_breaches(data: &[String], sources_md: &str) -> Vec<String> {
    let first_cells =
        sources_md.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let rows: Vec<&str> = first_cells
        .flat_map(|cell| cell.split(", "))
        .filter(|name| name.contains('.') && !name.contains(' '))
        .collect();
    let mut breaches = Vec::new();
    for path in data {
        let name = path.trim_start_matches("data/");
        let in_folder = |row: &&str| row.strip_suffix("/*").is_some_and(|f| name.starts_with(f));
        if name != "SOURCES.md" && !rows.iter().any(|row| *row == name || in_folder(row)) {
            breaches.push(format!("{path} has no row in data/SOURCES.md"));
        }
    }
    for row in rows {
        if !data.iter().any(|path| path.trim_start_matches("data/") == row) {
            breaches.push(format!("data/SOURCES.md names {row}, which is not there"));
        }
    }
    breaches
}

/// Modules of the crate that the page about the house leaves out.
fn map_breaches(modules: &[String], page: &str) -> Vec<String> {
    let is_told = |module: &&String| !page.contains(&format!("`{module}`"));
    modules.iter().filter(is_told).map(|module| format!("{module} is not on the page")).collect()
}

fn rust_sources() -> Vec<Source> {
    let all = files_of("src", "rs").into_iter().chain(files_of("tests", "rs"));
    all.map(|path| Source::read(&path)).collect()
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    let entries = std::fs::read_dir(top()).unwrap();
    let names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_holds("top level", &top_breaches(names.iter().map(String::as_str), &read(".gitignore")));
}

#[test]
fn every_sql_file_is_used() {
    let sql = files_of("src", "sql");
    assert_holds("SQL", &sql_breaches(&sql, &rust_sources()));
}

#[test]
fn every_data_file_says_where_it_comes_from() {
    assert_holds("sources", &source_breaches(&files("data"), &read("data/SOURCES.md")));
}

#[test]
fn the_page_about_the_house_tells_of_every_module() {
    let lib = Source::read("src/lib.rs");
    let modules: Vec<String> = lib
        .lines()
        .filter_map(|(_, line)| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    assert!(!modules.is_empty());
    assert_holds("ARCHITECTURE.md", &map_breaches(&modules, &read("src/ARCHITECTURE.md")));
}

#[test]
fn planted_strangers_in_the_tree_are_seen() {
    let top = [".git", "src", "target", "build.rs", "docs"];
    assert_sees(&top_breaches(top, "target/\n"), &["build.rs", "docs"]);
    assert_sees(&top_breaches(top, "docs/\n"), &["target", "build.rs"]);

    let sql = ["src/store/a.sql".to_owned(), "src/store/b.sql".to_owned()];
    let sources = [Source::parse("src/store/x.rs", "include_str!(\"a.sql\") // b.sql")];
    assert_sees(&sql_breaches(&sql, &sources), &["src/store/b.sql is named nowhere"]);

    let data = ["data/a.toml".to_owned(), "data/b.csv".to_owned(), "data/SOURCES.md".to_owned()];
    let table = "| file | what |\n|---|---|\n| a.toml, gone.csv | words |\nb.csv in passing\n";
    let seen = ["data/b.csv has no row", "names gone.csv"];
    assert_sees(&source_breaches(&data, table), &seen);

    let modules = ["geo".to_owned(), "ui".to_owned()];
    assert_sees(&map_breaches(&modules, "`geo` and ui"), &["ui is not on the page"]);
}
