//! What a person waits for who types into the search field, on the database of a
//! desk that has synced: everything is asked for that stands there letter by letter.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use pult::app::clock;
use pult::app::data::Data;
use pult::app::lane::Cancel;
use pult::app::searching::{FIRST_HITS, newest_hits};
use pult::board::BoardBuilder;
use pult::board::aggregates::AggregatesKey;
use pult::domain::catalogue::Catalogue;

use crate::incidents::REGION;
use crate::{Args, print_line, quantile};

/// What pult promises: 95 in 100 are faster.
const NEWEST_SECS: f64 = 0.005;
const COUNT_SECS: f64 = 0.050;
const TYPED: [&str; 10] = [
    "отопление",
    "холодные батареи",
    "нет горячей воды",
    "яма на дороге",
    "мусор не вывозят",
    "не работает освещение",
    "Черногорск",
    "улица Ленина",
    "бродячие собаки во дворе",
    "запись к врачу",
];

pub(crate) fn measure(args: &Args) -> Result<()> {
    let region = args.region.first().context("the folder of a desk, by --region")?;
    let catalogue = Catalogue::embedded();
    let reader = Data::to_look(&region.folder, &catalogue)?.reader()?;
    let mut builder = BoardBuilder::new(REGION);
    reader.load_rows(|row_id, row| builder.push(row_id, &row))?;
    let board = builder.finish(Arc::new(reader.vocabulary()?));
    let (key, cancel) =
        (AggregatesKey { now: clock::now().0, ..Default::default() }, Cancel::default());
    // The dictionary is unpacked once in a program's life.
    reader.search_rows("слово", cancel.flag())?;

    let (mut newest, mut counts, mut found) = (Vec::new(), Vec::new(), 0);
    for typed in TYPED {
        for (end, letter) in typed.char_indices() {
            let query = &typed[..end + letter.len_utf8()];
            let start = Instant::now();
            // The first letters of a word change nothing on the screen.
            let Some(rows) = reader.search_rows(query, cancel.flag())? else { continue };
            counts.push(start.elapsed().as_secs_f64());
            found += rows.len();
            let start = Instant::now();
            let first = newest_hits(&reader, &board, &key, query, &cancel)?;
            newest.push(start.elapsed().as_secs_f64());
            ensure!(
                first.len() <= rows.len()
                    && (first.len() == rows.len() || first.len() == FIRST_HITS)
            );
        }
    }
    ensure!(found > counts.len() * FIRST_HITS, "only {found} incidents were found");
    print_line("search-typing-newest-50", quantile(&mut newest, 95), NEWEST_SECS);
    print_line("search-typing-counts", quantile(&mut counts, 95), COUNT_SECS);
    Ok(())
}
