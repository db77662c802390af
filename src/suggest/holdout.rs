//! Which decisions are tried before they are learned, so that the model knows how
//! sure it may be.
//!
//! Two kinds are: the newest, and those that say their matter in other words than
//! the rest. People copy each other's appeals, and a model that was tried on copies
//! alone believes that it knows everything.

use std::collections::HashMap;
use std::ops::Range;

use super::lexicon::Lexicon;

/// One decision in so many, the newest ones.
const NEWEST_SHARE: usize = 10;
/// At most so many of each kind.
const MOST_TRIED: usize = 4_000;
/// One wording in so many is not learned at first.
const WORDING_SHARE: u32 = 5;

/// Indices of texts, each in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Holdout {
    pub(super) learned: Vec<usize>,
    pub(super) newest: Vec<usize>,
    /// All texts of the wordings that are held out.
    pub(super) new_wordings: Vec<usize>,
}

impl Holdout {
    /// Of `texts`, oldest first; `columns` are the columns of all texts' labels.
    pub(super) fn of(
        lexicon: &Lexicon,
        columns: &[u32],
        labels: usize,
        texts: Range<usize>,
    ) -> Self {
        let newest = (texts.len() / NEWEST_SHARE).min(MOST_TRIED);
        let older = texts.start..texts.end - newest;
        let held = held_wordings(lexicon, columns, labels, older.clone());
        let (new_wordings, learned) = older.clone().partition(|text| held[text - older.start]);
        Self { learned, newest: (older.end..texts.end).collect(), new_wordings }
    }

    /// Some of the texts with new wordings, spread over all of them.
    pub(super) fn tried_wordings(&self) -> impl Iterator<Item = usize> {
        let step = self.new_wordings.len().div_ceil(MOST_TRIED).max(1);
        self.new_wordings.iter().copied().step_by(step)
    }
}

/// By text: is its wording held out? Texts of one label share a wording where the
/// commonest word that is mostly that label's own, and not in most of its texts, is
/// the same.
fn held_wordings(
    lexicon: &Lexicon,
    columns: &[u32],
    labels: usize,
    texts: Range<usize>,
) -> Vec<bool> {
    let seen = lexicon.seen_in(texts.clone());
    let mut together: HashMap<(u32, u32), u32> = HashMap::new();
    for text in texts.clone() {
        for stem in lexicon.text(text) {
            *together.entry((*stem, columns[text])).or_default() += 1;
        }
    }
    let (mut held_of, mut all_of) = (vec![0_u32; labels], vec![0_u32; labels]);
    for text in texts.clone() {
        all_of[columns[text] as usize] += 1;
    }
    let own_word = |text: usize| {
        let column = columns[text];
        let stems = lexicon.text(text).iter().copied();
        let with_counts = stems.map(|stem| (together[&(stem, column)], stem));
        let is_own = |(both, stem): &(u32, u32)| {
            both * 2 > seen[*stem as usize] && both * 2 <= all_of[column as usize]
        };
        with_counts.filter(is_own).max()
    };
    let mut held: Vec<bool> = texts
        .clone()
        .map(|text| {
            let column = columns[text];
            let is_held = own_word(text).is_some_and(|(_, stem)| {
                // Spreads neighbouring numbers; the same on every machine.
                let spread = (stem ^ column.rotate_left(16)).wrapping_mul(0x9e37_79b1) >> 16;
                spread.is_multiple_of(WORDING_SHARE)
            });
            held_of[column as usize] += u32::from(is_held);
            is_held
        })
        .collect();
    for (held, text) in held.iter_mut().zip(texts) {
        let column = columns[text] as usize;
        // A label of which most would be missing could not be learned at all.
        *held &= held_of[column] * 2 <= all_of[column];
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten wordings of one label and one of another, thirty texts each.
    fn lessons() -> (Lexicon, Vec<u32>) {
        let words =
            ["яма", "колея", "снег", "лёд", "мост", "знак", "грязь", "лужа", "люк", "песок"];
        let mut lexicon = Lexicon::default();
        let mut columns = Vec::new();
        for number in 0..330 {
            let (text, column) = match number % 11 {
                10 => ("собака на улице".to_owned(), 1),
                wording => (format!("{} на улице", words[wording]), 0),
            };
            lexicon.push(&text);
            columns.push(column);
        }
        (lexicon, columns)
    }

    #[test]
    fn wordings_are_held_out_whole_and_never_a_whole_label() {
        let (lexicon, columns) = lessons();
        let holdout = Holdout::of(&lexicon, &columns, 2, 0..330);
        assert_eq!(holdout.newest, (297..330).collect::<Vec<_>>());
        assert_eq!(holdout.learned.len() + holdout.new_wordings.len(), 297);
        assert!(!holdout.new_wordings.is_empty());
        assert!(holdout.learned.len() > 150, "{}", holdout.learned.len());
        let wording = |text: &usize| text % 11;
        assert!(!holdout.new_wordings.iter().any(|text| wording(text) == 10));
        let learned: Vec<usize> = holdout.learned.iter().map(wording).collect();
        assert!(holdout.new_wordings.iter().all(|text| !learned.contains(&wording(text))));
    }

    #[test]
    fn few_texts_are_all_learned() {
        let mut lexicon = Lexicon::default();
        lexicon.push("яма");
        let holdout = Holdout::of(&lexicon, &[0], 1, 0..1);
        assert_eq!((holdout.learned, holdout.newest), (vec![0], vec![]));
    }
}
