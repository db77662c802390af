//! Suggestions: how often they are right on later texts, on reworded ones, and on
//! wordings that were never learned; for a peer to try too.
//!
//! The texts are those of a generated region, read from the store as the desk
//! reads them: what citizens wrote, without the summaries, which name the topic.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::Waker;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use pult::app::clock;
use pult::board::Vocabulary;
use pult::domain::Timestamp;
use pult::domain::catalogue::Catalogue;
use pult::domain::stem::Stemmer;
use pult::geo::layers::GeoData;
use pult::server::{Server, ServerOptions};
use pult::store::Store;
use pult::store::decisions::Decision;
use pult::suggest::{Model, Trial};
use pult::sync::api::Clock;
use pult::sync::engine::{EngineParts, sync_once};
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::status::StatusBoard;
use serde_json::{Value, json};

use crate::incidents::{Dice, NOW};
use crate::reword::Rewording;
use crate::{Args, median_secs};

/// The last fifth is what comes later.
const LATER_SHARE: usize = 5;
/// Of the wordings of a topic one in so many is held out, each in its turn.
const FOLDS: usize = 5;

/// A text, its label, what the key-word rule can tell of it, and the number of the
/// wording it was made from.
struct Example {
    text: String,
    label: u16,
    ruled: u16,
    wording: usize,
}

pub(crate) fn measure(args: &Args) -> Result<Value> {
    let Region { decisions, vocabulary, read_secs } = region(&args.out.join("store"), args.rows)?;
    let wordings = wordings()?;
    let code = |topic: u16| vocabulary.topics[usize::from(topic)].code.as_str();
    let of = |label: fn(&Decision) -> u16, ruled: fn(&Decision) -> u16| -> Vec<Example> {
        decisions
            .iter()
            .filter(|decision| wordings.contains_key(code(decision.topic)))
            .map(|decision| Example {
                text: decision.text.clone(),
                label: label(decision),
                ruled: ruled(decision),
                wording: wording(&wordings[code(decision.topic)], &decision.text),
            })
            .collect()
    };
    let names = Names::of(&vocabulary, &wordings);
    let mut trials = Trials { out: &args.out, rewording: Rewording::read()?, sets: Vec::new() };
    let block = |decision: &Decision| u16::from(decision.block);
    let topic = |decision: &Decision| decision.topic;
    let body = |decision: &Decision| decision.body;
    for (name, examples, names, rule) in [
        ("block", of(block, block), &names.blocks, &names.blocks),
        ("topic", of(topic, topic), &names.topics, &names.topics),
        // Bodies are not named in texts: the rule tells the block.
        ("body", of(body, block), &names.bodies, &names.blocks),
    ] {
        let rule = KeyWords::of(rule);
        let later = examples.len() - examples.len() / LATER_SHARE;
        let (train, test) = examples.split_at(later);
        trials.add(
            name,
            names,
            &rule,
            &train.iter().collect::<Vec<_>>(),
            &test.iter().collect::<Vec<_>>(),
        )?;
        if name == "body" {
            continue;
        }
        for fold in 0..FOLDS {
            let is_held = |example: &&Example| example.wording % FOLDS == fold;
            let known: Vec<&Example> = train.iter().filter(|example| !is_held(example)).collect();
            let held: Vec<&Example> = test.iter().filter(is_held).collect();
            trials.add(&format!("{name}-new-wording"), names, &rule, &known, &held)?;
        }
    }
    Ok(json!({
        "rows": args.rows,
        "decisions": decisions.len(),
        "read_secs": read_secs,
        "sets": trials.sets,
    }))
}

/// What was tried, and the files of the peer.
struct Trials<'a> {
    out: &'a Path,
    rewording: Rewording,
    sets: Vec<Value>,
}

impl Trials<'_> {
    /// Learns names and texts, tries other texts as they were written and reworded,
    /// and writes down what the peer needs to do the same.
    fn add(
        &mut self,
        name: &str,
        names: &[(String, u16)],
        rule: &KeyWords,
        train: &[&Example],
        test: &[&Example],
    ) -> Result<()> {
        ensure!(!train.is_empty() && !test.is_empty(), "{name} has no texts");
        let number = self.sets.len();
        let names_of = || names.iter().map(|(name, label)| (name.as_str(), *label));
        let texts_of = || train.iter().map(|example| (example.text.as_str(), example.label));
        let stop = AtomicBool::new(false);
        let begun = Instant::now();
        let model = Model::train_with_names(names_of(), texts_of(), &stop).context("stopped")?;
        let train_secs = begun.elapsed().as_secs_f64();
        let train_file = format!("{number}-train.csv");
        write(&self.out.join(&train_file), names_of().chain(texts_of()))?;

        let mut dice = Dice::new(3);
        let mut reworded = |text: &String| self.rewording.reword(text, &mut dice);
        let written: Vec<(String, u16)> = test.iter().map(|e| (e.text.clone(), e.label)).collect();
        let other: Vec<(String, u16)> =
            written.iter().map(|(text, label)| (reworded(text), *label)).collect();
        let by_rule = rule.answers(train, model.commonest());
        let mut tests = Vec::new();
        for (name, texts) in [("as-written", &written), ("reworded", &other)] {
            let trial = Trial::of(&model, texts.iter().map(|(text, label)| (text, *label)));
            let ruled = texts.iter().filter(|(text, label)| by_rule(text) == Some(*label)).count();
            let file = format!("{number}-{name}.csv");
            write(
                &self.out.join(&file),
                texts.iter().map(|(text, label)| (text.as_str(), *label)),
            )?;
            tests.push(json!({
                "name": name,
                "file": file,
                "n": trial.n,
                "accuracy": trial.accuracy(),
                "among_three": trial.accuracy_of_three(),
                "majority": trial.majority_baseline(),
                "key_words": ruled as f64 / f64::from(trial.n.max(1)),
                "mean_confidence": trial.mean_confidence,
                "calibration_error": trial.calibration_error,
            }));
        }
        let mut texts = written.iter().cycle();
        let suggest_secs = median_secs(|| {
            let text = texts.next().map_or("", |(text, _)| text.as_str());
            std::hint::black_box(model.suggest(text, 3));
        });
        self.sets.push(json!({
            "name": name,
            "train": train_file,
            "n": train.len(),
            "labels": model.label_count(),
            "train_secs": train_secs,
            "suggest_secs": suggest_secs,
            "tests": tests,
        }));
        Ok(())
    }
}

fn write<'a>(path: &Path, rows: impl Iterator<Item = (&'a str, u16)>) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["text", "label"])?;
    for (text, label) in rows {
        table.write_record([text, &label.to_string()])?;
    }
    Ok(table.flush()?)
}

/// What was decided in a region, oldest first.
struct Region {
    decisions: Vec<Decision>,
    vocabulary: Vocabulary,
    /// How long the reading from the store took.
    read_secs: f64,
}

/// A generated region, synchronised over HTTP.
fn region(folder: &Path, incidents: u32) -> Result<Region> {
    let token = "bench";
    let server = Server::start(ServerOptions {
        incidents: incidents.into(),
        frozen: true,
        history_end: Some(Timestamp(NOW)),
        ..ServerOptions::new(clock::now).with_token(token)
    })?;
    let store = Store::open(folder, &Catalogue::embedded())?;
    let parts = EngineParts {
        writer: store.writer(),
        reader: store.reader()?,
        region: GeoData::embedded().acceptance_bounds(),
        clock: Clock::new(clock::now_ms),
        changes: Arc::new(drop),
        status: StatusBoard::new(Waker::noop().clone()),
        poll_secs: 60,
        push: None,
        leases: None,
    };
    let config = HttpConfig {
        server: format!("http://{}", server.addr()),
        token: token.to_owned(),
        root_certificate: None,
        proxy: None,
    };
    sync_once(HttpApi::new(&config, parts.clock.clone())?, parts, 3)?;
    let reader = store.reader()?;
    let begun = Instant::now();
    let decisions = reader.decisions(usize::MAX, 0, &AtomicBool::new(false))?.decisions;
    let read_secs = begun.elapsed().as_secs_f64();
    Ok(Region { decisions, vocabulary: reader.vocabulary()?, read_secs })
}

/// By topic: the wordings, each as what stands before and after its `{since}`.
type Wordings = BTreeMap<String, Vec<(String, String)>>;

fn wordings() -> Result<Wordings> {
    #[derive(serde::Deserialize)]
    struct Given {
        facts: BTreeMap<String, Vec<String>>,
    }
    let given: Given = toml::from_str(include_str!("../../data/demo/texts.toml"))?;
    let cut = |line: &String| {
        let (before, after) = line.split_once("{since}").unwrap_or((line, ""));
        (before.to_owned(), after.to_owned())
    };
    let cut_all = |lines: Vec<String>| lines.iter().map(cut).collect();
    Ok(given.facts.into_iter().map(|(code, lines)| (code, cut_all(lines))).collect())
}

/// The number of the longest wording that the text has.
fn wording(wordings: &[(String, String)], text: &str) -> usize {
    let has = |(before, after): &(String, String)| text.contains(before) && text.contains(after);
    let found = (0..wordings.len()).filter(|index| has(&wordings[*index]));
    found.max_by_key(|i| wordings[*i].0.len() + wordings[*i].1.len()).unwrap_or_default()
}

/// What labels are called in words.
struct Names {
    blocks: Vec<(String, u16)>,
    topics: Vec<(String, u16)>,
    bodies: Vec<(String, u16)>,
}

impl Names {
    fn of(vocabulary: &Vocabulary, wordings: &Wordings) -> Self {
        let facts = (0..).zip(&vocabulary.topics).filter(|(_, t)| wordings.contains_key(&t.code));
        let named = facts.map(|(number, topic)| {
            let above = &vocabulary.topics[usize::from(topic.parent)];
            (format!("{}. {}", topic.name, above.name), number, topic.block)
        });
        let (mut blocks, mut topics) = (Vec::new(), Vec::new());
        for (name, number, block) in named {
            blocks.push((name.clone(), u16::from(block)));
            topics.push((name, number));
        }
        let bodies = (0..).zip(&vocabulary.bodies).skip(1);
        Self { blocks, topics, bodies: bodies.map(|(n, body)| (body.name.clone(), n)).collect() }
    }
}

/// The rule that a person would write down: a text is about what has its words in
/// the name; a word counts the more the fewer names have it.
struct KeyWords {
    /// By stem: labels, and how much it says.
    words: HashMap<String, (HashSet<u16>, f64)>,
}

impl KeyWords {
    fn of(names: &[(String, u16)]) -> Self {
        let mut words: HashMap<String, (HashSet<u16>, f64)> = HashMap::new();
        for (name, label) in names {
            for stem in stems(name) {
                words.entry(stem).or_default().0.insert(*label);
            }
        }
        let labels = names.iter().map(|(_, label)| label).collect::<HashSet<_>>().len();
        for (with, says) in words.values_mut() {
            *says = (labels as f64 / with.len() as f64).ln();
        }
        Self { words }
    }

    /// The label that was given most often where the rule says what it says of a
    /// text, or else the commonest of all.
    fn answers(&self, train: &[&Example], commonest: Option<u16>) -> impl Fn(&str) -> Option<u16> {
        let mut given: BTreeMap<u16, BTreeMap<u16, u32>> = BTreeMap::new();
        for example in train {
            *given.entry(example.ruled).or_default().entry(example.label).or_default() += 1;
        }
        move |text| {
            let given = self.ruled(text).and_then(|ruled| given.get(&ruled));
            let most = given.and_then(|given| given.iter().max_by_key(|(_, count)| **count));
            most.map(|(label, _)| *label).or(commonest)
        }
    }

    /// `None` where no word of any name stands in the text.
    fn ruled(&self, text: &str) -> Option<u16> {
        let mut sums: BTreeMap<u16, f64> = BTreeMap::new();
        for (labels, says) in stems(text).iter().filter_map(|stem| self.words.get(stem)) {
            for label in labels {
                *sums.entry(*label).or_default() += says;
            }
        }
        sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(l, _)| l)
    }
}

fn stems(text: &str) -> HashSet<String> {
    let mut out = String::new();
    Stemmer::default().stems_into(text, &mut out);
    out.split_whitespace().map(str::to_owned).collect()
}
