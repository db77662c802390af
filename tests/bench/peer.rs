//! Pult's side of `packaging/bench`: makes the data set, measures, and writes
//! both down for the peer.
//!
//! `peer MEASURE --rows N --threads T --out DIR`; each measure is a function.

#[path = "incidents.rs"]
mod incidents;
#[path = "plain.rs"]
mod plain;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Parser;
use incidents::{DAY_SECS, NOW, REGION};
use plain::Columns;
use pult::board::aggregates::AggregatesKey;
use pult::board::filter::Span;
use pult::board::{Aggregates, Board, Filter};
use serde_json::{Value, json};

#[derive(Parser)]
struct Args {
    /// refresh
    measure: String,
    #[arg(long)]
    rows: u32,
    #[arg(long)]
    threads: usize,
    /// Folder for what the peer reads.
    #[arg(long)]
    out: PathBuf,
    /// Passed by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    std::fs::create_dir_all(&args.out)?;
    let answer = match args.measure.as_str() {
        "refresh" => refresh(&args)?,
        other => bail!("no measure is called {other}"),
    };
    let path = args.out.join("pult.json");
    std::fs::write(&path, serde_json::to_vec(&answer)?).with_context(|| path.display().to_string())
}

/// Median seconds of a call, over two seconds of calls and at least five.
fn median_secs(mut call: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < 5 || (begun.elapsed().as_secs_f64() < 2.0 && times.len() < 200) {
        let start = Instant::now();
        call();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The seven aggregates over all time and over the last 365 days.
fn refresh(args: &Args) -> Result<Value> {
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
    use pult::board::aggregates::DurationHistogram;
    use pult::board::row::NO_MUNICIPALITY;
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
