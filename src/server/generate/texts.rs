//! Made-up words: put together from fragments when a line is written, so that
//! a million messages take no memory.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::dice::mix;
use super::planted::{around, planted};
use crate::domain::{Block, Catalogue, DataError, DataFile, EventKind};
use crate::server::json;
use crate::server::record::Subject;

/// The fragments of `data/demo/texts.toml`, escaped for JSON.
pub(crate) struct Texts {
    since: Vec<Fragment>,
    greetings: Vec<Fragment>,
    requests: Vec<Fragment>,
    streets: Vec<Fragment>,
    /// By block.
    details: Vec<Vec<Fragment>>,
    /// By topic: its name, its block and what is written about it.
    topics: Vec<AboutTopic>,
    /// By settlement: «с. Аскиз».
    settlements: Vec<Fragment>,
    reasons: Vec<Vec<Fragment>>,
    notes: Vec<Vec<Fragment>>,
}

type Fragment = Box<[u8]>;

struct AboutTopic {
    name: Fragment,
    block: Block,
    /// Each line cut at its `{since}`: what stands before, and after if it has one.
    lines: Vec<(Fragment, Option<Fragment>)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    since: Vec<String>,
    greetings: Vec<String>,
    requests: Vec<String>,
    streets: Vec<String>,
    details: BTreeMap<Block, Vec<String>>,
    facts: BTreeMap<String, Vec<String>>,
    reasons: BTreeMap<EventKind, Vec<String>>,
    notes: BTreeMap<EventKind, Vec<String>>,
}

impl Texts {
    pub(crate) fn read(catalogue: &Catalogue, file: DataFile<'_>) -> Result<Self, DataError> {
        let given: Given = file.parse_toml()?;
        let unknown = given.facts.keys().find(|code| catalogue.topics.index_of(code).is_none());
        if let Some(code) = unknown {
            return Err(file.error_on(1, format!("no topic `{code}` in topics.toml")));
        }
        let about = |topic: &crate::domain::Topic| AboutTopic {
            name: fragment(&topic.name.ru),
            block: topic.block,
            lines: given.facts.get(&*topic.code).map_or_else(
                || vec![(fragment(&format!("{}.", topic.name.ru)), None)],
                |lines| lines.iter().map(|line| cut(line)).collect(),
            ),
        };
        let of_block = |block: &Block| given.details.get(block).map_or_else(Vec::new, |d| all(d));
        let of_event = |words: &BTreeMap<EventKind, Vec<String>>| -> Vec<Vec<Fragment>> {
            let of = |event: &EventKind| words.get(event).map_or_else(Vec::new, |w| all(w));
            EventKind::ALL.iter().map(of).collect()
        };
        Ok(Self {
            since: all(&given.since),
            greetings: all(&given.greetings),
            requests: all(&given.requests),
            streets: all(&given.streets),
            details: Block::ALL.iter().map(of_block).collect(),
            topics: catalogue.topics.topics().iter().map(about).collect(),
            settlements: catalogue
                .settlements
                .iter()
                .map(|s| match &*s.kind {
                    "аал" | "ст" => fragment(&format!("{} {}", s.kind, s.name)),
                    kind => fragment(&format!("{kind}. {}", s.name)),
                })
                .collect(),
            reasons: of_event(&given.reasons),
            notes: of_event(&given.notes),
        })
    }

    /// How many reasons or notes there are for an event.
    pub(crate) fn words_of(&self, event: EventKind) -> usize {
        let of = |words: &[Vec<Fragment>]| words[usize::from(event.index())].len();
        of(&self.reasons).max(of(&self.notes))
    }

    /// The reason number `words` (from 1) of an event, escaped.
    pub(crate) fn reason(&self, event: EventKind, words: u8) -> Option<&[u8]> {
        numbered(&self.reasons[usize::from(event.index())], words)
    }

    /// The note number `words` (from 1) of an event, escaped.
    pub(crate) fn note(&self, event: EventKind, words: u8) -> Option<&[u8]> {
        numbered(&self.notes[usize::from(event.index())], words)
    }

    /// «Холодные батареи: с. Аскиз, ул. Мира, 12», escaped.
    pub(crate) fn summary(&self, out: &mut Vec<u8>, subject: Subject, place: u64) {
        if let Some(topic) = self.topics.get(usize::from(subject.topic)) {
            out.extend_from_slice(&topic.name);
            out.extend_from_slice(b": ");
        }
        self.address(out, subject, place);
    }

    /// «с. Аскиз, ул. Мира, 12», escaped.
    pub(crate) fn address(&self, out: &mut Vec<u8>, subject: Subject, place: u64) {
        if let Some(settlement) = self.settlements.get(usize::from(subject.settlement)) {
            out.extend_from_slice(settlement);
            out.extend_from_slice(b", ");
        }
        let bits = mix(place);
        if let Some(street) = chosen(&self.streets, bits) {
            out.extend_from_slice(street);
            out.extend_from_slice(b", ");
        }
        json::integer(out, 1 + (bits >> 16) % 90);
    }

    /// What one citizen wrote, escaped. `seed` is the message's, `place` that
    /// of its incident: all messages of an incident name one address.
    pub(crate) fn message(&self, out: &mut Vec<u8>, subject: Subject, seed: u64, place: u64) {
        let bits = mix(seed);
        let start = out.len();
        let sentence = |out: &mut Vec<u8>, text: &[u8]| {
            if !text.is_empty() {
                if out.len() > start {
                    out.push(b' ');
                }
                out.extend_from_slice(text);
            }
        };
        sentence(out, chosen(&self.greetings, bits).unwrap_or_default());
        let Some(topic) = self.topics.get(usize::from(subject.topic)) else { return };
        if let Some((before, after)) = chosen_of(&topic.lines, bits >> 8) {
            let since = chosen(&self.since, bits >> 16).unwrap_or_default();
            match after {
                Some(after) if before.is_empty() => {
                    sentence(out, &capital(since));
                    out.extend_from_slice(after);
                }
                Some(after) => {
                    sentence(out, before);
                    out.extend_from_slice(since);
                    out.extend_from_slice(after);
                }
                None => sentence(out, before),
            }
        }
        let details = &self.details[usize::from(topic.block.index())];
        sentence(out, chosen(details, bits >> 24).unwrap_or_default());
        sentence(out, "Адрес: ".as_bytes());
        self.address(out, subject, place);
        out.push(b'.');
        sentence(out, chosen(&self.requests, bits >> 32).unwrap_or_default());
        if let Some(found) = planted(seed) {
            let (before, after) = around(found.kind);
            sentence(out, before.as_bytes());
            out.extend_from_slice(found.text.as_bytes());
            out.extend_from_slice(after.as_bytes());
        }
    }
}

fn fragment(text: &str) -> Fragment {
    let mut out = Vec::new();
    json::escaped(&mut out, text);
    out.into_boxed_slice()
}

fn all(texts: &[String]) -> Vec<Fragment> {
    texts.iter().map(|text| fragment(text)).collect()
}

fn cut(line: &str) -> (Fragment, Option<Fragment>) {
    match line.split_once("{since}") {
        Some((before, after)) => (fragment(before), Some(fragment(after))),
        None => (fragment(line), None),
    }
}

fn chosen(fragments: &[Fragment], bits: u64) -> Option<&[u8]> {
    chosen_of(fragments, bits).map(|fragment| &**fragment)
}

fn chosen_of<T>(items: &[T], bits: u64) -> Option<&T> {
    items.get((bits & 0xFFFF) as usize % items.len().max(1))
}

fn numbered(words: &[Fragment], number: u8) -> Option<&[u8]> {
    words.get(usize::from(number).checked_sub(1)?).map(|fragment| &**fragment)
}

/// With its first letter, Russian and small, made capital.
fn capital(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::world::World;

    fn message(topic: &str, seed: u64) -> String {
        let world = World::embedded().unwrap();
        let topic = world.catalogue.topics.index_of(topic).unwrap();
        let settlement = world.catalogue.settlement_by_code("askiz-s").unwrap();
        let mut out = Vec::new();
        world.texts.message(&mut out, Subject { topic, settlement }, seed, 5);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_message_has_its_subject_its_address_and_whole_sentences() {
        let world = World::embedded().unwrap();
        let topic = world.catalogue.topics.index_of("zhkh.heat.radiators.cold").unwrap();
        let lines = &world.texts.topics[usize::from(topic)].lines;
        for seed in 0..500 {
            let text = message("zhkh.heat.radiators.cold", seed);
            let has = |part: &Fragment| text.contains(std::str::from_utf8(part).unwrap());
            let is_line = |(before, after): &(Fragment, Option<Fragment>)| {
                has(before) && after.as_ref().is_none_or(has)
            };
            assert!(lines.iter().any(is_line), "{text}");
            assert!(text.contains("Адрес: с. Аскиз, "), "{text}");
            assert!(!text.contains("{since}") && !text.contains("  "), "{text}");
            assert!(text.chars().next().unwrap().is_uppercase(), "{text}");
            assert!(text.ends_with(['.', '!', '?']), "{text}");
        }
        assert_eq!(message("tko.removal", 3), message("tko.removal", 3));
    }

    #[test]
    fn messages_differ() {
        let all: std::collections::HashSet<String> =
            (0..200).map(|seed| message("roads.surface.damage.pothole", seed)).collect();
        assert!(all.len() > 180, "{}", all.len());
    }

    #[test]
    fn what_is_planted_stands_in_the_text() {
        let mut seen = 0;
        for seed in 0..500 {
            let text = message("social.payments.delay.late", seed);
            if let Some(found) = planted(seed) {
                assert!(text.contains(&found.text), "{text}");
                seen += 1;
            }
        }
        assert!(seen > 20);
    }
}
