//! Texts to learn from, as numbers of stems: a tenth of the texts' size, so that
//! they can be gone through several times.

use std::collections::HashMap;
use std::ops::Range;

use super::features::{each_stem, readable};
use crate::domain::stem::Stemmer;

/// Stems numbered as they are met, and the texts that they stand in.
#[derive(Default)]
pub(super) struct Lexicon {
    numbers: HashMap<Box<str>, u32>,
    /// Stems of all texts, one after another, each once a text.
    stems: Vec<u32>,
    texts: Vec<(u32, u32)>,
    stemmer: Stemmer,
    room: String,
}

impl Lexicon {
    /// Adds a text.
    pub(super) fn push(&mut self, text: &str) {
        let from = self.stems.len();
        let Self { numbers, stems, .. } = self;
        each_stem(&mut self.stemmer, &mut self.room, &readable(text), |stem| {
            let number = if let Some(number) = numbers.get(stem) {
                *number
            } else {
                let number = numbers.len() as u32;
                numbers.insert(stem.into(), number);
                number
            };
            if !stems[from..].contains(&number) {
                stems.push(number);
            }
        });
        self.texts.push((from as u32, self.stems.len() as u32));
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Numbers of the stems of a text, each once.
    pub(super) fn text(&self, index: usize) -> &[u32] {
        let (from, to) = self.texts[index];
        &self.stems[from as usize..to as usize]
    }

    /// By number: in how many of these texts the stem stands.
    pub(super) fn seen_in(&self, texts: Range<usize>) -> Vec<u32> {
        let mut seen = vec![0; self.numbers.len()];
        for index in texts {
            for stem in self.text(index) {
                seen[*stem as usize] += 1;
            }
        }
        seen
    }

    /// The stems, by number.
    pub(super) fn stems(&self) -> Vec<&str> {
        let mut stems = vec![""; self.numbers.len()];
        for (stem, number) in &self.numbers {
            stems[*number as usize] = stem;
        }
        stems
    }
}
