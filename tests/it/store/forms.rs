//! How well search finds words in their other forms, and only them: lists of 300
//! dictionary forms each, asked of texts of one form each, near words among them.
//! The forms come from another source than the dictionary does.

use std::sync::atomic::AtomicBool;

use pult::board::filter::RowSet;

use super::search::wait_until;
use super::*;

#[path = "../../bench/lists.rs"]
mod lists;

use lists::{HELD_OUT, List, Score, TUNED};

fn assert_finds(list: &str) {
    let list = List::read(list).unwrap();
    assert_eq!(list.words().count(), 300);
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let upsert = |(number, form): (u32, &String)| {
        Upsert::Incident(IncidentRow {
            summary: Some(form.clone()),
            address: None,
            ..incident(number, u64::from(number))
        })
    };
    let upserts = (1..).zip(&list.texts).map(upsert).collect();
    store.writer().apply(batch(None, "c1", false, upserts)).unwrap();
    let reader = store.reader().unwrap();
    let all = list.texts.len() as u64;
    wait_until(&reader, "built", |reader| reader.searchable_count().unwrap() == all);

    let row_ids: Vec<u32> = (1..=list.texts.len() as u32).collect();
    let text = |id: &str| id.trim_start_matches("i-").parse::<usize>().unwrap() - 1;
    let rows = reader.list_rows(&row_ids).unwrap();
    let texts: Vec<usize> = rows.iter().map(|row| text(&row.id)).collect();
    let Score { recall, precision, missed, wrong } = list.score(|word| {
        // A space ends the word: what begins with it is not asked for.
        let found = reader.search_rows(&format!("{word} "), &AtomicBool::new(false)).unwrap();
        found.iter().flat_map(RowSet::iter).map(|position| texts[position as usize]).collect()
    });
    assert!(recall >= 0.95, "{recall}: {missed:?}");
    assert!(precision >= 0.97, "{precision}: {wrong:?}");
}

#[test]
fn a_dictionary_form_finds_its_forms_and_hardly_others() {
    assert_finds(TUNED);
}

#[test]
fn so_do_words_that_nothing_was_tuned_with() {
    assert_finds(HELD_OUT);
}
