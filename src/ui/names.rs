//! Names behind the indices of the board, in the language of the screen.

use crate::app::State;
use crate::app::problems::Problem;
use crate::board::aggregates::Matter;
use crate::board::row;
use crate::domain::action::{Mark, Verdict};
use crate::domain::{Block, Language, ProblemState, Regime, Source, Status};
use crate::store::details::ListRow;

use super::text::Text;

pub fn municipality<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    match (state.catalogue.municipality(index), text.language) {
        (Some(municipality), Language::Ru) => &municipality.short,
        (Some(municipality), Language::En) => &municipality.en,
        (None, _) => text.t("municipality-unknown"),
    }
}

pub fn block<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Block::from_index(index).map_or("", |block| state.catalogue.block(block).short(text.language))
}

pub fn block_full<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Block::from_index(index).map_or("", |block| state.catalogue.block(block).full(text.language))
}

pub fn source<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Source::from_index(index)
        .map_or("", |source| state.catalogue.source(source).full(text.language))
}

pub fn source_short<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Source::from_index(index)
        .map_or("", |source| state.catalogue.source(source).short(text.language))
}

pub fn regime<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Regime::from_index(index)
        .map_or("", |regime| state.catalogue.regime(regime).short(text.language))
}

pub fn status<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Status::from_index(index)
        .map_or("", |status| state.catalogue.status(status).full(text.language))
}

pub fn status_short<'a>(state: &'a State, text: &'a Text, index: u8) -> &'a str {
    Status::from_index(index)
        .map_or("", |status| state.catalogue.status(status).short(text.language))
}

pub fn topic<'a>(state: &'a State, text: &'a Text, number: u16) -> &'a str {
    match state.vocabulary.topics.get(usize::from(number)) {
        Some(entry) if number != row::NONE => match text.language {
            Language::En if !entry.name_en.is_empty() => &entry.name_en,
            _ => &entry.name,
        },
        _ => text.t("topic-none"),
    }
}

/// A theme, a block or a source.
pub fn matter<'a>(state: &'a State, text: &'a Text, matter: Matter) -> &'a str {
    match matter {
        Matter::Theme(number) => topic(state, text, number),
        Matter::Block(index) => block(state, text, index),
        Matter::Source(index) => source_short(state, text, index),
    }
}

/// «Холодные батареи · Черногорск»: its name, or what it would be called.
pub fn problem(state: &State, text: &Text, problem: &Problem) -> String {
    if let Some(known) = &problem.known {
        return known.name.clone();
    }
    let Some(about) = &problem.about else { return String::new() };
    let number = about.topics.iter().find(|(number, _)| *number != row::NONE);
    let topic = number.map_or("", |(number, _)| topic(state, text, *number));
    format!("{topic} · {}", municipality(state, text, about.municipality))
}

/// What an incident is called: its summary, else its topic.
pub fn title<'a>(state: &'a State, text: &'a Text, row: &'a ListRow) -> &'a str {
    if row.summary.is_empty() { topic(state, text, row.topic) } else { &row.summary }
}

pub fn body<'a>(state: &'a State, text: &'a Text, number: u16) -> &'a str {
    match state.vocabulary.bodies.get(usize::from(number)) {
        Some(entry) if number != row::NONE && !entry.short.is_empty() => &entry.short,
        Some(entry) if number != row::NONE => &entry.name,
        _ => text.t("body-none"),
    }
}

/// The settlement's name; the vocabulary holds its code, or whatever the server
/// calls a place that the catalogue does not know.
pub fn settlement(state: &State, number: u16) -> &str {
    let Some(code) = state.vocabulary.settlements.get(usize::from(number)) else { return "" };
    let known = state.catalogue.settlement_by_code(code);
    known.and_then(|index| state.catalogue.settlement(index)).map_or(code, |one| &one.name)
}

/// 0 ordinary, 1 high, 2 urgent.
pub fn priority(text: &Text, priority: u8) -> &str {
    text.t(match priority {
        0 => "priority-ordinary",
        1 => "mark-high",
        _ => "mark-urgent",
    })
}

/// How far a problem is.
pub fn problem_state(text: &Text, state: ProblemState) -> &str {
    text.t(match state {
        ProblemState::Confirmed => "problem-confirmed",
        ProblemState::Watched => "problem-watched",
        ProblemState::Closed => "problem-closed",
    })
}

pub fn mark(text: &Text, mark: Mark) -> &str {
    text.t(match mark {
        Mark::Resonance => "mark-resonance",
        Mark::Conflict => "mark-conflict",
        Mark::CommunicationError => "mark-communication-error",
    })
}

/// What an answer that was given is worth.
pub fn verdict(text: &Text, verdict: Verdict) -> &str {
    text.t(match verdict {
        Verdict::Full => "verdict-full",
        Verdict::Partial => "verdict-partial",
        Verdict::Formal => "verdict-formal",
    })
}
