//! Guards the house: reads the repository and fails on a breach of the rules
//! of `src/ARCHITECTURE.md`. Every check is tried on planted breaches as well,
//! so that it can fail.

mod layers;
mod source;
mod tree;
mod words;

use source::Source;

/// Every Rust file of the program.
fn program() -> Vec<Source> {
    let mut sources: Vec<Source> =
        source::files_of("src", "rs").iter().map(|path| Source::read(path)).collect();
    source::mark_tests(&mut sources);
    sources
}

/// The rule holds in the repository; the message lists every breach.
fn assert_holds(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

/// The check sees every planted breach, and nothing else.
fn assert_sees(breaches: &[String], planted: &[&str]) {
    let missed: Vec<_> =
        planted.iter().filter(|p| !breaches.iter().any(|b| b.contains(**p))).collect();
    assert!(missed.is_empty(), "not seen: {missed:?} in {breaches:#?}");
    assert_eq!(breaches.len(), planted.len(), "{breaches:#?}");
}
