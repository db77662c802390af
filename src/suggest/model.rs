//! The classifier: what it answers, and what it learns from one more decision.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use super::calibration::Calibration;
use super::features::{each_feature, each_stem, readable, stem_feature, written_words};
use super::lexicon::Lexicon;
use super::table::Table;
use super::training::{self, Lessons, rarity, slope};
use crate::domain::stem::Stemmer;

/// Steps of one decision that is learned by itself.
const STEPS_OF_ONE: usize = 3;
const LENGTH_OF_ONE: f32 = 1.0;
/// A word is shown as a reason only where this many texts have it: a rarer one
/// may be somebody's name.
const FEWEST_TEXTS_SHOWN: u32 = 3;
const MOST_REASONS: usize = 5;

/// One label that may be right.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub label: u16,
    /// The share of such suggestions that turn out right, 0–1, as texts have shown
    /// that were not learned yet: newer ones, and as many in other words.
    pub confidence: f32,
    /// Words that spoke for it, the strongest first; empty where none did.
    pub because: Vec<Reason>,
}

/// A word of the text that spoke for a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// As it was written. Never personal data that [`crate::domain::mask`] knows,
    /// never a word that is rare.
    pub word: String,
    /// By how much it raises the log-odds of the label over the others.
    pub weight: f32,
}

/// Multinomial logistic regression over stems and their letters in threes.
///
/// At most 64 MB of weights. The same lessons in the same order make the same
/// model.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// By column.
    labels: Vec<u16>,
    column_of: HashMap<u16, u32>,
    /// Decisions learned, by column.
    decisions: Vec<u32>,
    texts: u32,
    table: Table,
    bias: Vec<f32>,
    calibration: Calibration,
}

impl Model {
    /// Learns decisions, oldest first: a text and the label that a person gave it.
    pub fn train<S: AsRef<str>>(decisions: impl IntoIterator<Item = (S, u16)>) -> Self {
        let names = std::iter::empty::<(S, u16)>();
        // Nobody stops it, so there always is a model.
        Self::train_with_names(names, decisions, &AtomicBool::new(false)).unwrap_or_default()
    }

    /// As [`Self::train`], with what the labels are called in words: that is all
    /// that is known of a label which nobody has given yet. `None` where `stop` was
    /// set.
    pub fn train_with_names<N: AsRef<str>, S: AsRef<str>>(
        names: impl IntoIterator<Item = (N, u16)>,
        decisions: impl IntoIterator<Item = (S, u16)>,
        stop: &AtomicBool,
    ) -> Option<Self> {
        let mut labels = Labels::default();
        let mut lexicon = Lexicon::default();
        let mut columns = Vec::new();
        for (name, label) in names {
            lexicon.push(name.as_ref());
            columns.push(labels.column(label));
        }
        let names = columns.len();
        for (text, label) in decisions {
            lexicon.push(text.as_ref());
            columns.push(labels.column(label));
        }
        let Labels { labels, column_of } = labels;
        let lessons = Lessons { lexicon: &lexicon, columns: &columns, names, labels: labels.len() };
        let learned = training::learn(&lessons, stop)?;
        let mut decisions = vec![0; labels.len()];
        for column in &columns[names..] {
            decisions[*column as usize] += 1;
        }
        Some(Self {
            labels,
            column_of,
            decisions,
            texts: columns.len() as u32,
            table: learned.table,
            bias: learned.bias,
            calibration: learned.calibration,
        })
    }

    /// How many labels it knows.
    pub fn label_count(&self) -> usize {
        self.labels.len()
    }

    /// How many decisions it has learned.
    pub fn decision_count(&self) -> u64 {
        self.decisions.iter().map(|count| u64::from(*count)).sum()
    }

    /// The label that was given most often.
    pub fn commonest(&self) -> Option<u16> {
        let (label, count) =
            self.labels.iter().zip(&self.decisions).max_by_key(|(label, count)| {
                // Of equals the smallest, so that the answer does not depend on order.
                (**count, std::cmp::Reverse(**label))
            })?;
        (*count > 0).then_some(*label)
    }

    /// The most likely labels, at most `most`, likeliest first, with what spoke
    /// for each. Empty where the text has no word that the model knows.
    pub fn suggest(&self, text: &str, most: usize) -> Vec<Suggestion> {
        let text = readable(text);
        let words = self.words(&text);
        if words.iter().all(|word| word.parts.is_empty()) {
            return Vec::new();
        }
        let mut shares = self.sums(&words);
        let mut columns: Vec<usize> = (0..shares.len()).collect();
        columns.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]).then(a.cmp(b)));
        self.calibration.confidences(&mut shares);
        columns.truncate(most);
        columns
            .into_iter()
            .map(|column| Suggestion {
                label: self.labels[column],
                confidence: shares[column],
                because: self.reasons(column, &shares, &words),
            })
            .collect()
    }

    /// Learns one more decision, which is the newest.
    pub fn learn(&mut self, text: &str, label: u16) {
        let column = self.column_or_new(label);
        self.decisions[column] += 1;
        self.texts += 1;
        let text = readable(text);
        for word in self.words(&text) {
            each_feature(&word.stem, |feature| {
                if let Some(row) = self.table.row_or_new(feature) {
                    self.table.saw(row, 1);
                }
            });
        }
        // Once more: now they have rows.
        let words = self.words(&text);
        for _ in 0..STEPS_OF_ONE {
            let mut sums = self.sums(&words);
            slope(&mut sums, column);
            for (row, value) in words.iter().flat_map(|word| &word.parts) {
                self.table.move_row(*row, LENGTH_OF_ONE * value, &sums);
            }
        }
    }

    fn column_or_new(&mut self, label: u16) -> usize {
        if let Some(column) = self.column_of.get(&label) {
            return *column as usize;
        }
        let column = self.labels.len();
        self.labels.push(label);
        self.column_of.insert(label, column as u32);
        self.decisions.push(0);
        self.bias.push(0.0);
        self.table.widen(self.labels.len());
        column
    }

    /// The words of a readable text with what the table knows of them, each stem
    /// once.
    fn words<'a>(&self, text: &'a str) -> Vec<Word<'a>> {
        let mut words: Vec<Word<'a>> = Vec::new();
        let mut stemmer = Stemmer::default();
        let mut room = String::new();
        for written in written_words(text) {
            each_stem(&mut stemmer, &mut room, written, |stem| {
                if words.iter().all(|word| word.stem != stem) {
                    words.push(Word { written, stem: stem.to_owned(), parts: Vec::new() });
                }
            });
        }
        let mut squares = 0.0;
        for word in &mut words {
            each_feature(&word.stem, |feature| {
                let row = self.table.row_of(feature);
                let rarity = rarity(self.texts, row.map_or(0, |row| self.table.seen(row)));
                squares += rarity * rarity;
                word.parts.extend(row.map(|row| (row, rarity)));
            });
        }
        let scale = if squares > 0.0 { f32::sqrt(squares).recip() } else { 0.0 };
        for (_, value) in words.iter_mut().flat_map(|word| &mut word.parts) {
            *value *= scale;
        }
        words
    }

    /// Sums of weights, by column.
    fn sums(&self, words: &[Word<'_>]) -> Vec<f32> {
        let mut sums = self.bias.clone();
        for (row, value) in words.iter().flat_map(|word| &word.parts) {
            self.table.add_row(*row, *value, &mut sums);
        }
        sums
    }

    /// What each word adds to the log-odds of a label: its weight there, less its
    /// weight for the others by their shares.
    fn reasons(&self, column: usize, shares: &[f32], words: &[Word<'_>]) -> Vec<Reason> {
        let others: f32 = shares.iter().sum::<f32>() - shares[column];
        let mut against: Vec<f32> = shares.to_vec();
        if others > f32::EPSILON {
            for share in &mut against {
                *share /= -others;
            }
        } else {
            against.fill(-1.0 / (shares.len().max(2) - 1) as f32);
        }
        against[column] = 1.0;
        let weight_of = |word: &Word<'_>| -> f32 {
            let of_part = |(row, value): &(u32, f32)| {
                let weights = self.table.row(*row).iter().zip(&against);
                value * weights.map(|(weight, share)| weight * share).sum::<f32>()
            };
            word.parts.iter().map(of_part).sum::<f32>()
        };
        let mut reasons: Vec<Reason> = words
            .iter()
            .filter(|word| self.is_common(&word.stem))
            .map(|word| Reason { word: word.written.to_owned(), weight: weight_of(word) })
            .filter(|reason| reason.weight > 0.0)
            .collect();
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        reasons.truncate(MOST_REASONS);
        reasons
    }

    fn is_common(&self, stem: &str) -> bool {
        self.table
            .row_of(stem_feature(stem))
            .is_some_and(|row| self.table.seen(row) >= FEWEST_TEXTS_SHOWN)
    }
}

/// A word of a text, its stem, and the rows of its features with their values.
struct Word<'a> {
    written: &'a str,
    stem: String,
    parts: Vec<(u32, f32)>,
}

/// Columns given to labels as they come.
#[derive(Default)]
struct Labels {
    labels: Vec<u16>,
    column_of: HashMap<u16, u32>,
}

impl Labels {
    fn column(&mut self, label: u16) -> u32 {
        *self.column_of.entry(label).or_insert_with(|| {
            self.labels.push(label);
            self.labels.len() as u32 - 1
        })
    }
}
