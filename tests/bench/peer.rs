//! Pult's side of `packaging/bench`: makes the data set, measures, and writes
//! both down for the peer.
//!
//! `peer MEASURE --rows N --threads T --out DIR`; each measure is a function.

#[path = "incidents.rs"]
mod incidents;
#[path = "places.rs"]
mod places;
#[path = "plain.rs"]
mod plain;
#[path = "refresh.rs"]
mod refresh;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Parser;

#[derive(Parser)]
struct Args {
    /// refresh, heat or clusters.
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
        "refresh" => refresh::measure(&args)?,
        "heat" => places::heat(&args)?,
        "clusters" => places::clusters(&args)?,
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
