//! Learning from many texts at once: steps down the slope of the logarithmic
//! loss of multinomial logistic regression, text by text.

use std::sync::atomic::{AtomicBool, Ordering};

use super::calibration::{Calibration, first_choice, softmax};
use super::features::each_feature;
use super::holdout::Holdout;
use super::lexicon::Lexicon;
use super::table::{ByFeature, Table};

/// As many steps as this are worth waiting for; fewer texts are gone through
/// more often, but no oftener than `MOST_ROUNDS`.
const WISHED_STEPS: usize = 100_000;
const MOST_ROUNDS: usize = 10;
/// Lengths of the first and of the last steps. What comes last is newest, so the
/// steps never become very short.
const FIRST_STEP: f32 = 2.0;
const LAST_STEP: f32 = 0.5;
/// Steps of the biases against those of the weights: the many must not win by
/// their number alone.
const BIAS_STEP: f32 = 0.02;
/// A text that is this well understood teaches nothing.
const UNDERSTOOD: f32 = 0.995;
/// Once in so many texts the name of a label is learned again.
const NAME_EVERY: usize = 8;
/// A feature of one text alone tells nothing about the others. The name of a
/// label counts as two texts.
const FEWEST_TEXTS: u32 = 2;

/// How much a feature tells that stands in `seen` of `texts` texts (the
/// «inverse document frequency», smoothed as if one more text had them all).
pub(super) fn rarity(texts: u32, seen: u32) -> f32 {
    ((1.0 + texts as f32) / (1.0 + seen.min(texts) as f32)).ln() + 1.0
}

/// What is learned; `bias` by column.
pub(super) struct Learned {
    pub(super) table: Table,
    pub(super) bias: Vec<f32>,
    pub(super) calibration: Calibration,
}

/// Texts with the columns of their labels; the first `names` of them are names
/// of labels, the others decisions, oldest first.
pub(super) struct Lessons<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) columns: &'a [u32],
    pub(super) names: usize,
    pub(super) labels: usize,
}

/// `None` where `stop` was set.
pub(super) fn learn(lessons: &Lessons<'_>, stop: &AtomicBool) -> Option<Learned> {
    let mut course = Course::new(lessons);
    let texts = lessons.names..lessons.lexicon.len();
    let mut holdout = Holdout::of(lessons.lexicon, lessons.columns, lessons.labels, texts);
    if holdout.learned.is_empty() {
        holdout.learned = (0..lessons.names).collect();
    }
    course.go_through(&holdout.learned, FIRST_STEP, stop)?;
    let tried: Vec<usize> = holdout.tried_wordings().collect();
    let calibration = course.try_on(&[&holdout.newest, &tried]);
    // What was held back is learned last; the newest are the last of it.
    let mut held_back = holdout.new_wordings;
    held_back.extend(holdout.newest);
    course.go_through(&held_back, LAST_STEP, stop)?;
    Some(Learned { table: course.table, bias: course.bias, calibration })
}

/// Turns the sums of weights of a text, by column, into the direction in which
/// they become right, and tells how wrong they were, 0–1.
pub(super) fn slope(sums: &mut [f32], right: usize) -> f32 {
    softmax(sums);
    let wrong = 1.0 - sums[right];
    for share in sums.iter_mut() {
        *share = -*share;
    }
    sums[right] += 1.0;
    wrong
}

struct Course<'a> {
    lessons: &'a Lessons<'a>,
    table: Table,
    bias: Vec<f32>,
    /// Rows and rarities of each stem's features, one after another.
    parts: Vec<(u32, f32)>,
    /// By stem: where its parts begin and end, and the sum of the squares of all
    /// its rarities, those without a row too.
    stems: Vec<(u32, u32, f32)>,
    sums: Vec<f32>,
}

impl<'a> Course<'a> {
    fn new(lessons: &'a Lessons<'a>) -> Self {
        let lexicon = lessons.lexicon;
        let texts = lexicon.len() as u32;
        let mut seen_in = lexicon.seen_in(0..lexicon.len());
        for (seen, in_names) in seen_in.iter_mut().zip(lexicon.seen_in(0..lessons.names)) {
            *seen += in_names;
        }
        let stems = lexicon.stems();
        let mut seen: ByFeature<u32> = ByFeature::default();
        for (stem, texts) in stems.iter().zip(&seen_in) {
            each_feature(stem, |feature| *seen.entry(feature).or_default() += texts);
        }
        let mut table = Table::new(lessons.labels);
        let mut often: Vec<(u32, u64)> = seen
            .iter()
            .filter(|(_, seen)| **seen >= FEWEST_TEXTS)
            .map(|(feature, seen)| (*seen, *feature))
            .collect();
        // The commonest first; equal ones in one order on every machine.
        often.sort_unstable_by(|a, b| b.cmp(a));
        for (seen, feature) in often {
            if let Some(row) = table.row_or_new(feature) {
                table.saw(row, seen);
            }
        }
        let mut course = Self {
            lessons,
            bias: vec![0.0; lessons.labels],
            sums: vec![0.0; lessons.labels],
            table,
            parts: Vec::new(),
            stems: Vec::with_capacity(stems.len()),
        };
        for stem in stems {
            let from = course.parts.len() as u32;
            let mut squares = 0.0;
            each_feature(stem, |feature| {
                let row = course.table.row_of(feature);
                let rarity = rarity(texts, row.map_or(0, |row| course.table.seen(row)));
                squares += rarity * rarity;
                course.parts.extend(row.map(|row| (row, rarity)));
            });
            course.stems.push((from, course.parts.len() as u32, squares));
        }
        course
    }

    /// Learns texts in order, as often as they are few, with steps that end at the
    /// shortest; `None` where it was stopped.
    fn go_through(&mut self, texts: &[usize], first_step: f32, stop: &AtomicBool) -> Option<()> {
        let rounds = WISHED_STEPS.div_ceil(texts.len().max(1)).clamp(1, MOST_ROUNDS);
        let steps = (rounds * texts.len()) as f32;
        let mut done = 0;
        for text in std::iter::repeat_n(texts, rounds).flatten() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            self.step(*text, first_step + (LAST_STEP - first_step) * done as f32 / steps);
            done += 1;
            if self.lessons.names > 0 && done % NAME_EVERY == 0 {
                self.step(done / NAME_EVERY % self.lessons.names, LAST_STEP);
            }
        }
        Some(())
    }

    fn sum(&mut self, text: usize) -> f32 {
        self.sums.copy_from_slice(&self.bias);
        let stems = self.lessons.lexicon.text(text);
        let squares: f32 = stems.iter().map(|stem| self.stems[*stem as usize].2).sum();
        let scale = if squares > 0.0 { squares.sqrt().recip() } else { 0.0 };
        for stem in stems {
            let (from, to, _) = self.stems[*stem as usize];
            for (row, rarity) in &self.parts[from as usize..to as usize] {
                self.table.add_row(*row, rarity * scale, &mut self.sums);
            }
        }
        scale
    }

    fn step(&mut self, text: usize, length: f32) {
        let scale = self.sum(text);
        let right = self.lessons.columns[text] as usize;
        if slope(&mut self.sums, right) < 1.0 - UNDERSTOOD {
            return;
        }
        for stem in self.lessons.lexicon.text(text) {
            let (from, to, _) = self.stems[*stem as usize];
            for (row, rarity) in &self.parts[from as usize..to as usize] {
                self.table.move_row(*row, length * rarity * scale, &self.sums);
            }
        }
        for (bias, change) in self.bias.iter_mut().zip(&self.sums) {
            *bias += length * BIAS_STEP * change;
        }
    }

    /// Tries kinds of texts, each kind counting as much as the others.
    fn try_on(&mut self, kinds: &[&[usize]]) -> Calibration {
        let mut tried = Vec::new();
        for texts in kinds {
            let mut choices = Vec::with_capacity(texts.len());
            for text in *texts {
                self.sum(*text);
                let (first, odds) = first_choice(&self.sums);
                choices.push((odds, first == self.lessons.columns[*text] as usize));
            }
            tried.push(choices);
        }
        Calibration::of(&tried)
    }
}
