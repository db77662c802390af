//! Pult's side of `packaging/bench`: makes the data set, measures, and writes
//! both down for the peer; where there is none, prints the result itself.
//!
//! `peer MEASURE --threads T --out DIR …`; each measure is a function.

#[path = "changes.rs"]
mod changes;
#[path = "frame.rs"]
mod frame;
#[path = "incidents.rs"]
mod incidents;
#[path = "lists.rs"]
mod lists;
#[path = "officer.rs"]
mod officer;
#[path = "places.rs"]
mod places;
#[path = "plain.rs"]
mod plain;
#[path = "refresh.rs"]
mod refresh;
#[path = "reword.rs"]
mod reword;
#[path = "search.rs"]
mod search;
#[path = "stems.rs"]
mod stems;
#[path = "suggest.rs"]
mod suggest;
#[path = "typing.rs"]
mod typing;
#[path = "window.rs"]
mod window;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Parser;
use frame::Synced;

#[derive(Parser)]
struct Args {
    /// refresh, heat, clusters, stems, changes, frame, officer, durable,
    /// search, typing or suggest.
    measure: String,
    /// Incidents that are made up.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u32,
    /// Heat for a screen of 8K in the place of 4K.
    #[arg(long)]
    eight_k: bool,
    #[arg(long)]
    threads: usize,
    /// Folder for what the peer reads.
    #[arg(long)]
    out: PathBuf,
    /// FOLDER=URL of a desk that has synced and its server.
    #[arg(long)]
    region: Vec<Synced>,
    /// Passed by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    std::fs::create_dir_all(&args.out)?;
    let answer = match args.measure.as_str() {
        "refresh" => refresh::measure(&args)?,
        "heat" => places::heat(&args)?,
        "clusters" => places::clusters(&args)?,
        "suggest" => suggest::measure(&args)?,
        "stems" => return stems::write(&args),
        "changes" => return changes::measure(&args),
        "frame" => return frame::measure(&args),
        "officer" => return officer::press(&args),
        "durable" => return officer::durable(&args),
        "search" => return search::measure(&args),
        "typing" => return typing::measure(&args),
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
    quantile(&mut times, 50)
}

/// The smallest of `times` that is not below `percent` of them.
fn quantile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

/// The line that a measure ends in.
#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print_line(name: &str, pult_secs: f64, peer_secs: f64) {
    let (pult_ms, peer_ms, ratio) = (pult_secs * 1e3, peer_secs * 1e3, pult_secs / peer_secs);
    println!("{name} pult {pult_ms:.2} ms peer {peer_ms:.2} ms ratio {ratio:.2}");
}

/// «100k», «1m».
fn size_name(rows: u64) -> String {
    if rows < 1_000_000 { format!("{}k", rows / 1_000) } else { format!("{}m", rows / 1_000_000) }
}
