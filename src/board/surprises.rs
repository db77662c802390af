//! What stands out by now, by municipality and theme, block or source.

use std::sync::atomic::AtomicBool;

use super::aggregates::{AggregatesKey, Matter, Surprise};
use super::compiled::CompiledFilter;
use super::filter::{Filter, Span};
use super::kinds;
use super::row::NONE;
use super::selection::Selection;
use super::table::{Board, Region};
use super::vocabulary::Vocabulary;
use crate::detect::{Arrival, Cut, HOURLY, Layers, MOST_DAYS};

const HOUR_SECS: u32 = 3600;

/// Hours that are looked at: the days that say what is usual, and the last one.
const MOST_HOURS: u32 = (MOST_DAYS as u32 + 1) * 24;

const MOST_SURPRISES: usize = 50;

/// Themes of the vocabulary, numbered by the first topic that belongs to each.
pub(super) struct Themes {
    /// By topic; none where it has no theme.
    pub(super) number_of: Vec<Option<u16>>,
    /// Topics.
    pub(super) themes: Vec<u16>,
}

impl Themes {
    pub(super) fn of(board: &Board) -> Self {
        Self::of_vocabulary(board.vocabulary())
    }

    /// A number that no topic has, as a database that was damaged may leave many of, is none.
    fn of_vocabulary(vocabulary: &Vocabulary) -> Self {
        let topics = &vocabulary.topics;
        let mut themes = Vec::new();
        let number_of = (0..topics.len() as u16)
            .map(|topic| match vocabulary.ancestor(topic, 1) {
                NONE => None,
                theme if topics[usize::from(theme)].code.is_empty() => None,
                theme => {
                    let known = themes.iter().position(|known| *known == theme);
                    let number = known.unwrap_or_else(|| {
                        themes.push(theme);
                        themes.len() - 1
                    });
                    Some(number as u16)
                }
            })
            .collect();
        Self { number_of, themes }
    }
}

/// How much of the history says what is usual at `now`, in whole hours.
pub(super) fn hours(first_received: u32, now: u32) -> u32 {
    (now.saturating_sub(first_received) / HOUR_SECS).min(MOST_HOURS)
}

/// What was found, and whether the history says what is usual.
#[derive(Default)]
pub(super) struct Found {
    pub(super) surprises: Vec<Surprise>,
    pub(super) is_usual_known: bool,
}

/// Cells of the rows that pass the filter at their receipt and whatever its span, the
/// strongest first, at most [`MOST_SURPRISES`]. `None` where `cancel` was raised.
pub(super) fn find(board: &Board, key: &AggregatesKey, cancel: &AtomicBool) -> Option<Found> {
    let Some(first_received) = board.first_received() else { return Some(Found::default()) };
    let hours = hours(first_received, key.now);
    let from = key.now - hours * HOUR_SECS;
    let span = Some(Span { from, to: key.now });
    let filter = Filter { span, ..key.filter.at_receipt() };
    let filter = CompiledFilter::new(&filter, board.vocabulary(), key.now);
    let rows = Selection::new(board, &filter, cancel, |_, _| true)?;
    let themes = Themes::of(board);
    let mut layers = layers(board.region(), board.vocabulary(), &themes.themes, hours);
    for (chunk, rows) in board.chunks().iter().zip(&rows.chunks) {
        for at in rows.iter().map(|at| usize::from(*at)) {
            let theme = themes.number_of.get(usize::from(chunk.topic[at])).copied().flatten();
            layers.add(Arrival {
                // Nobody could be sent to a place that is not known: it lies outside.
                place: usize::from(chunk.municipality[at]),
                category: theme.map(usize::from),
                group: usize::from(chunk.block[at]),
                channel: usize::from(chunk.source[at]),
                slot: ((chunk.received[at] - from) / HOUR_SECS) as usize,
            });
        }
    }
    layers.sum_up();
    Some(surprises(&layers, &themes.themes))
}

/// Empty ones, of so many hours.
pub(super) fn layers(
    region: Region,
    vocabulary: &Vocabulary,
    themes: &[u16],
    hours: u32,
) -> Layers {
    let block = |theme: &u16| {
        vocabulary.topics.get(usize::from(*theme)).map_or(0, |topic| usize::from(topic.block))
    };
    Layers::new(
        usize::from(region.municipality_count),
        themes.iter().map(block).collect(),
        kinds::BLOCKS,
        kinds::SOURCES,
        hours as usize,
    )
}

/// What is found at the end of the counts; categories are themes by their numbers.
pub(super) fn surprises(layers: &Layers, themes: &[u16]) -> Found {
    let Ok(found) = layers.findings(HOURLY, layers.slots()) else { return Found::default() };
    let surprise = |(cut, found): (Cut, crate::detect::Finding)| Surprise {
        municipality: found.place as u8,
        matter: match cut {
            Cut::Category => Matter::Theme(themes[found.category]),
            Cut::Group => Matter::Block(found.category as u8),
            Cut::Channel => Matter::Source(found.category as u8),
        },
        hours: found.window as u32,
        count: found.count,
        usual_low: found.usual_low,
        usual_high: found.usual_high,
        log_p: found.log_p,
    };
    let surprises = found.into_iter().take(MOST_SURPRISES).map(surprise).collect();
    Found { surprises, is_usual_known: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::vocabulary::TopicEntry;

    #[test]
    fn numbers_between_topics_are_no_themes() {
        let topic = |code: &str, parent| TopicEntry {
            code: code.to_owned(),
            parent,
            depth: 1 + u8::from(parent != NONE),
            ..TopicEntry::default()
        };
        let mut topics = vec![TopicEntry::default(); 60_000];
        topics[3] = topic("heating", NONE);
        topics[59_999] = topic("heating.cold", 3);
        let vocabulary = Vocabulary { topics, ..Vocabulary::default() };
        let themes = Themes::of_vocabulary(&vocabulary);
        assert_eq!(themes.themes, [3]);
        assert_eq!(themes.number_of[59_999], Some(0));
        assert!(themes.number_of[4..59_999].iter().all(Option::is_none));
    }
}
