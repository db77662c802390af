//! The seven aggregates of a dashboard, for `DuckDB` to answer too.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use pult::board::aggregates::{AggregatesKey, DurationHistogram};
use pult::board::filter::Span;
use pult::board::row::NO_MUNICIPALITY;
use pult::board::{Aggregates, Board, Filter};
use serde_json::{Value, json};

use crate::incidents::{self, DAY_SECS, NOW, REGION};
use crate::plain::Columns;
use crate::{Args, median_secs};

/// The seven aggregates over all time and over the last 365 days.
pub(crate) fn measure(args: &Args) -> Result<Value> {
    let board = incidents::board(args.rows);
    write_incidents(&args.out.join("incidents.csv"), args.rows)?;
    let columns = Columns::new(incidents::rows(args.rows));
    let year = Span { from: NOW - 365 * DAY_SECS, to: NOW + DAY_SECS };
    let mut answer = json!({ "now": NOW, "rows": args.rows, "threads": args.threads });
    for (name, span) in [("all", None), ("year", Some(year))] {
        let filter = Filter { span, ..Filter::default() };
        let key = AggregatesKey { filter, version: board.version(), now: NOW };
        let go = AtomicBool::new(false);
        let core = median_secs(|| {
            std::hint::black_box(Aggregates::compute_core(&board, &key, &go));
        });
        let everything = median_secs(|| {
            std::hint::black_box(Aggregates::compute(&board, &key, &go));
        });
        let Span { from, to } = span.unwrap_or(Span { from: 0, to: u32::MAX });
        let plain = median_secs(|| {
            std::hint::black_box(columns.scan(std::hint::black_box(from), to));
        });
        let aggregates = Aggregates::compute_core(&board, &key, &go).context("cancelled")?;
        answer[name] = json!({
            "from": from,
            "to": to,
            "core_secs": core,
            "everything_secs": everything,
            "plain_secs": plain,
            "seven": seven(&board, &aggregates),
        });
    }
    Ok(answer)
}

/// The seven as lists of lists, without groups that count nothing.
fn seven(board: &Board, aggregates: &Aggregates) -> Value {
    let places = usize::from(REGION.municipality_count) + 1;
    let by_status = aggregates.by_status.iter().enumerate();
    let by_municipality = aggregates.by_municipality.iter().enumerate();
    let by_topic = aggregates.by_topic.iter().enumerate();
    let matrix = aggregates.matrix.iter().enumerate();
    let durations = aggregates.close_by_municipality.iter().enumerate().flat_map(|(place, h)| {
        let buckets = h.buckets.iter().enumerate();
        buckets.filter(|(_, n)| **n > 0).map(move |(bucket, n)| json!([place, bucket, n]))
    });
    json!({
        "by_status": by_status.filter(|(_, n)| **n > 0).map(|(s, n)| json!([s, n])).collect::<Vec<_>>(),
        "by_municipality": by_municipality
            .filter(|(_, t)| t.received + t.overdue > 0)
            .map(|(m, t)| json!([m, t.received, t.overdue]))
            .collect::<Vec<_>>(),
        "by_topic": by_topic
            .filter(|(_, t)| t.received > 0)
            .map(|(topic, t)| json!([topic, t.received]))
            .collect::<Vec<_>>(),
        "by_day": aggregates.by_day
            .iter()
            .filter(|day| day.received > 0)
            .map(|day| json!([day.day, day.received]))
            .collect::<Vec<_>>(),
        "matrix": matrix
            .filter(|(_, t)| t.received > 0)
            .map(|(cell, t)| json!([cell / places, cell % places, t.received]))
            .collect::<Vec<_>>(),
        "durations": durations.collect::<Vec<_>>(),
        "top_overdue": aggregates.overdue_top
            .iter()
            .filter_map(|&at| board.row(at).map(|row| json!([at, row.due])))
            .collect::<Vec<_>>(),
    })
}

/// The columns that the seven read; the peer gets day and bucket ready, as the
/// board has them.
fn write_incidents(path: &Path, rows: u32) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "position,received,due,closed,day,bucket,topic,municipality,block,status")?;
    for (position, row) in incidents::rows(rows).enumerate() {
        let moment = |secs: u32| if secs == 0 { String::new() } else { secs.to_string() };
        let bucket = match row.closed {
            0 => String::new(),
            closed => DurationHistogram::bucket(closed - row.received).to_string(),
        };
        let municipality = if row.municipality == NO_MUNICIPALITY {
            REGION.municipality_count
        } else {
            row.municipality
        };
        let day = (row.received + REGION.local_offset_secs as u32) / DAY_SECS;
        let (due, closed) = (moment(row.due), moment(row.closed));
        let (received, topic, block, status) = (row.received, row.topic, row.block, row.status);
        writeln!(
            out,
            "{position},{received},{due},{closed},{day},{bucket},{topic},{municipality},{block},{status}"
        )?;
    }
    Ok(out.flush()?)
}
