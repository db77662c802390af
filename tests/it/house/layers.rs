//! Who may know whom.

use super::source::{Source, words_at};
use super::{assert_holds, assert_sees, program};

/// A module names only modules of earlier rows; those of one row do not know
/// each other.
const LAYERS: &[&[&str]] = &[
    &["domain"],
    &["geo", "detect", "suggest"],
    &["board"],
    &["figure"],
    &["store"],
    &["sync"],
    &["intake", "report", "server"],
    &["app"],
    &["ui"],
    &["cli"],
];

/// Beside the layers: they know `domain` alone. Each with those that know it.
const HELPERS: &[(&str, &[&str])] = &[
    ("config", &["app", "ui", "cli"]),
    ("logging", &["app", "ui", "cli"]),
    ("priority", &["store", "app"]),
];

fn known_to(helper: &str) -> Option<&'static [&'static str]> {
    HELPERS.iter().find(|(name, _)| *name == helper).map(|(_, known_to)| *known_to)
}

/// Crates and the only places that may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("eframe", &["src/ui"]),
    ("egui", &["src/ui"]),
    ("egui_extras", &["src/ui"]),
    ("egui_plot", &["src/ui"]),
    ("egui_wgpu", &["src/ui"]),
    ("epaint", &["src/ui"]),
    ("notify_rust", &["src/ui/notify"]),
    ("walkers", &["src/ui"]),
    ("wgpu", &["src/ui"]),
    ("winit", &["src/ui"]),
    ("fluent_bundle", &["src/ui/text"]),
    ("rusqlite", &["src/store", "src/server/state"]),
    ("reqwest", &["src/sync/http", "src/sync/open311"]),
    ("axum", &["src/server"]),
    ("tower_http", &["src/server"]),
    ("clap", &["src/cli", "src/main"]),
    ("anyhow", &["src/cli", "src/main"]),
    ("tracing_subscriber", &["src/logging"]),
];

/// The clock: read in `app::clock` and handed down. Beside it only where a
/// moment is measured, never stored or compared with data.
const CLOCK_READS: &[&str] = &["SystemTime::now", "Instant::now", "Utc::now", "Local::now"];
const CLOCK_PLACES: &[&str] = &["src/app/clock"];

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

fn may_name(from: &str, to: &str) -> bool {
    if from == to || from == "main" {
        return true;
    }
    if let Some(known_to) = known_to(to) {
        return known_to.contains(&from);
    }
    if known_to(from).is_some() {
        return to == "domain";
    }
    matches!((rank(from), rank(to)), (Some(from), Some(to)) if to < from)
}

/// `src/ui/map/mod.rs` and `src/ui.rs` belong to `ui`.
fn module_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    inside.split('/').next().unwrap_or(inside)
}

/// How deep the file's module stands under the crate root.
fn depth_of(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    inside.split('/').filter(|part| *part != "mod").count()
}

/// Is `path` the place itself, its file or a file in its folder?
fn stands_in(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.starts_with(['.', '/']))
}

/// The first name after each `crate::` or `pult::`, groups opened up.
fn modules_named(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate", "pult"] {
        for at in words_at(code, root) {
            let Some(rest) = code[at + root.len()..].strip_prefix("::") else { continue };
            let line = 1 + code[..at].matches('\n').count();
            found.extend(heads(rest).into_iter().map(|name| (line, name)));
        }
    }
    found
}

/// First names of `a::b`, `{a::{b, c}, d}`.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Lines whose `super::super::…` climbs to the crate root and so hides a layer.
fn climbs(source: &Source) -> Vec<usize> {
    let first_test = source.first_test_line();
    let depth = |line| depth_of(&source.path) + usize::from(line > first_test);
    let reaches_root = |(line, code): (usize, &str)| {
        let longest = (1..8).take_while(|n| code.contains(&"super::".repeat(*n))).count();
        (longest >= depth(line)).then_some(line)
    };
    source.lines().filter_map(reaches_root).collect()
}

fn layer_breaches(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|s| s.path != "src/lib.rs") {
        let from = module_of(&source.path);
        if from != "main" && rank(from).is_none() && known_to(from).is_none() {
            breaches.push(format!("{}: «{from}» stands in no layer", source.path));
            continue;
        }
        for (line, to) in modules_named(&source.code) {
            if !may_name(from, &to) {
                breaches.push(format!("{}: {from} names {to}", source.place(line)));
            }
        }
        for line in climbs(source) {
            breaches.push(format!("{}: super:: reaches the crate root", source.place(line)));
        }
    }
    breaches
}

fn crate_breaches(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        for (name, places) in CRATES {
            if places.iter().any(|place| stands_in(&source.path, place)) {
                continue;
            }
            let is_path = |line: &str| {
                words_at(line, name).iter().any(|at| {
                    let rest = &line[at + name.len()..];
                    let opens = !line[..*at].ends_with("::") && !line[..*at].ends_with('.');
                    opens && (rest.starts_with("::") || line.trim_start().starts_with("use "))
                })
            };
            for (line, _) in source.lines().filter(|(_, line)| is_path(line)) {
                breaches.push(format!("{}: {name}", source.place(line)));
            }
        }
    }
    breaches
}

fn clock_breaches(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        if CLOCK_PLACES.iter().any(|place| stands_in(&source.path, place)) {
            continue;
        }
        for (line, code) in source.shipped_lines() {
            for read in CLOCK_READS.iter().filter(|read| code.contains(**read)) {
                breaches.push(format!("{}: {read}", source.place(line)));
            }
        }
    }
    breaches
}

#[test]
fn modules_name_only_what_stands_to_their_left() {
    assert_holds("layering", &layer_breaches(&program()));
}

#[test]
fn crates_are_named_only_in_their_places() {
    assert_holds("crates", &crate_breaches(&program()));
}

#[test]
fn the_clock_is_read_in_one_place() {
    assert_holds("clock", &clock_breaches(&program()));
}

#[test]
fn the_module_list_stands_in_the_order_of_the_layers() {
    let lib = Source::read("src/lib.rs");
    let listed: Vec<&str> = lib
        .lines()
        .filter_map(|(_, line)| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let ranks: Vec<usize> = listed.iter().filter_map(|module| rank(module)).collect();
    assert!(ranks.len() > 3 && ranks.is_sorted(), "{listed:?}");
    let strangers: Vec<_> =
        listed.iter().filter(|m| rank(m).is_none() && known_to(m).is_none()).collect();
    assert!(strangers.is_empty(), "in no layer: {strangers:?}");
}

#[test]
fn planted_breaches_of_the_layers_are_seen() {
    let planted = [
        Source::parse("src/board/a.rs", "use crate::store::Store;"),
        Source::parse("src/geo/a.rs", "fn f() { crate::ui::draw() }"),
        Source::parse(
            "src/figure/a.rs",
            "use crate::{domain::Name,\n    geo::{Bounds, Point}, app};",
        ),
        Source::parse("src/server/a.rs", "pub use crate::report::Model;"),
        Source::parse("src/store/a.rs", "use crate::config::Settings;"),
        Source::parse("src/config.rs", "use crate::geo::Bounds;"),
        Source::parse("src/strange/mod.rs", "fn f() {}"),
        Source::parse("src/domain/a.rs", "use super::super::board::Row;"),
        Source::parse("src/domain/mod.rs", "use super::sync::Api;"),
        Source::parse(
            "src/domain/b.rs",
            "\n#[cfg(test)]\nmod tests {\n    use pult::store::Store;\n}",
        ),
        // And what is right.
        Source::parse("src/ui/a.rs", "use crate::{app::State, config::Theme, domain, ui::map};"),
        Source::parse("src/ui/map/b.rs", "use super::super::tokens::Tokens; // crate::cli"),
        Source::parse(
            "src/board/b.rs",
            "#[cfg(test)]\nmod tests {\n    use super::super::row::Row;\n}",
        ),
        Source::parse("src/main.rs", "fn main() { pult::cli::run() }"),
        Source::parse("src/lib.rs", "use crate::cli::run;"),
    ];
    assert_sees(
        &layer_breaches(&planted),
        &[
            "src/board/a.rs:1: board names store",
            "src/geo/a.rs:1: geo names ui",
            "src/figure/a.rs:1: figure names app",
            "src/server/a.rs:1: server names report",
            "src/store/a.rs:1: store names config",
            "src/config.rs:1: config names geo",
            "«strange» stands in no layer",
            "src/domain/a.rs:1: super",
            "src/domain/mod.rs:1: super",
            "src/domain/b.rs:4: domain names store",
        ],
    );
}

#[test]
fn planted_breaches_of_crates_and_clock_are_seen() {
    let planted = [
        Source::parse("src/app/a.rs", "use egui;\nfn f(c: egui::Color32) {}\nlet egui = 1;"),
        Source::parse("src/server/mod.rs", "use rusqlite::Connection;"),
        Source::parse("src/server/statement.rs", "use rusqlite::Connection;"),
        Source::parse("src/sync/engine.rs", "reqwest::get(x); let t = Instant::now();"),
        Source::parse("src/server/state/rows.rs", "use rusqlite::Row;"),
        Source::parse("src/ui/a.rs", "use egui::Ui; // reqwest::get"),
        Source::parse("src/app/clock.rs", "SystemTime::now()"),
        Source::parse("src/app/b.rs", "#[cfg(test)]\nmod tests {\n    Instant::now()\n}"),
    ];
    assert_sees(
        &crate_breaches(&planted),
        &[
            "src/app/a.rs:1: egui",
            "src/app/a.rs:2: egui",
            "src/server/mod.rs:1: rusqlite",
            "src/server/statement.rs:1: rusqlite",
            "src/sync/engine.rs:1: reqwest",
        ],
    );
    assert_sees(&clock_breaches(&planted), &["src/sync/engine.rs:1: Instant::now"]);
}
