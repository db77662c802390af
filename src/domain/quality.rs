//! The check-list by which an answer is judged, from `data/quality.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::action::{AnswerCheck, Verdict};
use super::data_file::{DataError, DataFile};
use super::name::Name;

/// One question of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckItem {
    pub check: AnswerCheck,
    pub name: Name,
    /// True where a tick speaks against the answer.
    pub against: bool,
    points: u8,
}

/// All checks in the order of their keys on the keyboard, with what they are
/// worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckList {
    items: Vec<CheckItem>,
    full_from: u8,
    partial_from: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenList {
    full_from: Spanned<u8>,
    partial_from: u8,
    check: Vec<Spanned<GivenItem>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenItem {
    key: AnswerCheck,
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
    points: u8,
    #[serde(default)]
    against: bool,
}

/// Scores, 0–100, by what was ticked: bits in the order of [`AnswerCheck`].
pub type Scores = [u8; 1 << AnswerCheck::COUNT];

impl CheckItem {
    /// What a tick adds to the points, or keeps from them.
    pub fn weight(&self) -> i16 {
        let points = i16::from(self.points);
        if self.against { -points } else { points }
    }
}

impl CheckList {
    /// Refuses, with the line, a check that stands twice or not at all, a blank
    /// name, points that are not 1–100, and limits that are no order.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenList = file.parse_toml()?;
        let full_from = *given.full_from.get_ref();
        if full_from > 100 || given.partial_from >= full_from {
            let reason = "`partial_from` is below `full_from`, and that at most 100";
            return Err(file.error_at(given.full_from.span(), reason));
        }
        let mut items: Vec<CheckItem> = Vec::with_capacity(given.check.len());
        for item in given.check {
            let span = item.span();
            let GivenItem { key, ru, ru_short, en, en_short, points, against } = item.into_inner();
            let name = Name::new(ru, ru_short, en, en_short);
            if !name.is_complete() {
                return Err(file.error_at(span, "a name is blank"));
            }
            if !(1..=100).contains(&points) {
                return Err(file.error_at(span, "`points` are from 1 to 100"));
            }
            if items.iter().any(|known| known.check == key) {
                return Err(file.error_at(span, format!("`{key}` stands twice")));
            }
            items.push(CheckItem { check: key, name, against, points });
        }
        let is_missing = |check: &&AnswerCheck| items.iter().all(|item| item.check != **check);
        if let Some(check) = AnswerCheck::ALL.iter().find(is_missing) {
            return Err(file.error_on(1, format!("`{check}` is missing")));
        }
        Ok(Self { items, full_from, partial_from: given.partial_from })
    }

    pub fn items(&self) -> &[CheckItem] {
        &self.items
    }

    /// What was earned of all points, 0–100, rounded to the nearest.
    pub fn score(&self, ticked: &BTreeSet<AnswerCheck>) -> u8 {
        let points = |items: &mut dyn Iterator<Item = &CheckItem>| -> u32 {
            items.map(|item| u32::from(item.points)).sum()
        };
        let all = points(&mut self.items.iter()).max(1);
        let is_good = |item: &&CheckItem| ticked.contains(&item.check) != item.against;
        let earned = points(&mut self.items.iter().filter(is_good));
        ((earned * 200 + all) / (all * 2)) as u8
    }

    pub fn scores(&self) -> Scores {
        std::array::from_fn(|ticks| {
            let is_ticked = |check: &AnswerCheck| ticks >> check.index() & 1 == 1;
            self.score(&AnswerCheck::ALL.iter().copied().filter(is_ticked).collect())
        })
    }

    /// What such a score proposes.
    pub const fn verdict(&self, score: u8) -> Verdict {
        if score >= self.full_from {
            Verdict::Full
        } else if score >= self.partial_from {
            Verdict::Partial
        } else {
            Verdict::Formal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Catalogue, Parts};
    use super::*;

    #[test]
    fn the_score_is_what_was_earned_and_proposes_a_verdict() {
        use AnswerCheck::{Evasive, Polite, Redirected, Resolved, ToThePoint};
        let list = &Catalogue::embedded().quality;
        for (ticked, score, verdict) in [
            (&[ToThePoint, Polite, Resolved][..], 100, Verdict::Full),
            (&[ToThePoint, Polite], 70, Verdict::Partial),
            (&[], 30, Verdict::Formal),
            (&[Evasive, Redirected], 0, Verdict::Formal),
            (AnswerCheck::ALL, 70, Verdict::Partial),
        ] {
            let found = list.score(&ticked.iter().copied().collect());
            assert_eq!((found, list.verdict(found)), (score, verdict), "{ticked:?}");
            let bits = ticked.iter().fold(0, |bits, check| bits | 1 << check.index());
            assert_eq!(list.scores()[bits], score, "{ticked:?}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let text = Parts::EMBEDDED.quality.text;
        let file = DataFile { name: "quality.toml", text };
        let refused = |from: &str, to: &str| file.refusal(from, to, CheckList::read);
        assert!(refused("\"evasive\"", "\"polite\"").contains("`polite` stands twice"));
        assert!(refused("points = 30", "points = 0").contains("from 1 to 100"));
        assert!(refused("full_from = 80", "full_from = 40").contains("`partial_from` is below"));
        let from = text.rfind("[[check]]").unwrap();
        assert_eq!(refused(&text[from..], ""), "quality.toml, line 1: `resolved` is missing");
    }
}
