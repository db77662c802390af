//! `pult suggest`: how good suggestions are, on any table of texts and labels.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::table;
use crate::app::clock::Ticker;
use crate::suggest::{Model, Trial};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Table to learn from (csv with a header, UTF-8), oldest rows first
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// Table to try on: later rows, with the same columns
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Column of the text
    #[arg(long, value_name = "COL")]
    text: String,
    /// Column of the label
    #[arg(long, value_name = "COL")]
    label: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut numbers = Numbers::default();
    let train = read(&args.train, args, &mut numbers)?;
    let known = numbers.0.len();
    let test = read(&args.test, args, &mut numbers)?;
    let ticker = Ticker::start();
    let model = Model::train(train.iter().map(|(text, label)| (text, *label)));
    let trained = ticker.moment().tick;
    let trial = Trial::of(&model, test.iter().map(|(text, label)| (text, *label)));
    let suggesting = ticker.moment().tick.saturating_sub(trained) / trial.n.max(1);
    let unseen = test.iter().filter(|(_, label)| usize::from(*label) >= known).count();
    let text = format!(
        "train {} · test {} · labels {known} · test rows with other labels {unseen}\n\
         accuracy {:.4} · among three {:.4} · majority baseline {:.4}\n\
         mean confidence {:.4} · calibration error {:.4}\n\
         training {:.2} s · a suggestion {} µs",
        train.len(),
        trial.n,
        trial.accuracy(),
        trial.accuracy_of_three(),
        trial.majority_baseline(),
        trial.mean_confidence,
        trial.calibration_error,
        trained.as_secs_f64(),
        suggesting.as_micros(),
    );
    writeln!(std::io::stdout(), "{text}").context("the figures could not be printed")
}

/// Numbers of the labels, in the order in which they are met.
#[derive(Default)]
struct Numbers(HashMap<String, u16>);

impl Numbers {
    fn of(&mut self, label: &str) -> Option<u16> {
        if let Some(number) = self.0.get(label) {
            return Some(*number);
        }
        let number = u16::try_from(self.0.len()).ok()?;
        self.0.insert(label.to_owned(), number);
        Some(number)
    }
}

fn read(path: &Path, args: &Args, numbers: &mut Numbers) -> anyhow::Result<Vec<(String, u16)>> {
    let shown = path.display();
    let mut rows = Vec::new();
    for [text, label] in table::read(path, [&args.text, &args.label], "--text and --label")? {
        if label.is_empty() {
            continue;
        }
        let Some(number) = numbers.of(&label) else {
            bail!("{shown} has more than 65,536 labels; is «{}» the right column?", args.label);
        };
        rows.push((text, number));
    }
    if rows.is_empty() {
        bail!("{shown} has no row with a label");
    }
    Ok(rows)
}
