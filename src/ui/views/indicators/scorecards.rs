//! Bodies, municipalities and blocks side by side, and beside who has the same work.

use egui::{Color32, Ui};

use super::super::page::quiet;
use super::outdated;
use crate::app::indicators::{Groups, IndicatorsCommand, Measured};
use crate::app::{Command, State};
use crate::board::indicators::{Sums, Value};
use crate::board::row::{NO_MUNICIPALITY, NONE};
use crate::board::scorecards::Adjusted;
use crate::domain::Block;
use crate::domain::indicator::Measure;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::table::{self, Column, Figure, figure_table};
use crate::ui::widgets::{Align, empty, heading, panel_rect, segment};
use crate::ui::{figures, format, freshness, names};

const GROUPS: [(Groups, &str); 3] = [
    (Groups::Bodies, "scorecards-bodies"),
    (Groups::Municipalities, "scorecards-municipalities"),
    (Groups::Blocks, "scorecards-blocks"),
];

/// One group.
struct Card {
    name: String,
    sums: Sums,
    /// A block's are those beside its own past: no other has its themes.
    adjusted: Option<Adjusted>,
    chosen: bool,
    command: Command,
}

impl Card {
    /// Difference between the share on time and what others have with this work, where
    /// there is enough of it to be ranked.
    fn difference(&self, least_n: u32) -> Option<f64> {
        let adjusted = self.adjusted.filter(|adjusted| adjusted.n >= least_n)?;
        Some(f64::from(adjusted.on_time) / f64::from(adjusted.n) - adjusted.expected)
    }

    /// True where others' share lies outside what chance makes of this one.
    fn is_clear(&self) -> bool {
        let Some(Adjusted { n, on_time, expected, .. }) = self.adjusted else { return false };
        let share = f64::from(on_time) / f64::from(n.max(1));
        let value = Value::Share { counted: on_time, share };
        let own = crate::board::indicators::Figure { value, n };
        own.interval().is_some_and(|(low, high)| expected < low || expected > high)
    }
}

pub(super) fn scorecards_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let rect = ui.available_rect_before_wrap();
    panel_rect(ui, rect, tokens, |ui| {
        heading(ui, tokens, text.t("scorecards-title"), &period_text(state, text));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (groups, key) in GROUPS {
                if segment(ui, tokens, text.t(key), state.indicators.groups == groups) {
                    out.push(Command::Indicators(IndicatorsCommand::GroupBy(groups)));
                }
            }
        });
        let Some(found) = &state.indicators.found else {
            empty(ui, tokens, text.t("indicators-counting"), "");
            return;
        };
        outdated(ui, state, found);
        cards_ui(ui, state, found, tokens, text, out);
    });
    freshness::veil(ui, rect, state, tokens);
}

fn cards_ui(
    ui: &mut Ui,
    state: &State,
    found: &Measured,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let least_n = state.catalogue.indicators.least_n();
    let mut cards = cards(state, found, text);
    cards.retain(|card| {
        [Measure::Received, Measure::Closed, Measure::Open]
            .iter()
            .any(|measure| card.sums.figure(*measure).n > 0)
    });
    if cards.is_empty() {
        empty(ui, tokens, text.t("empty-no-match"), text.t("empty-try-clear"));
        return;
    }
    let key = |card: &Card| (card.difference(least_n), card.sums.figure(Measure::Received).n);
    // Ranked ones first, the best first; the others by size.
    cards.sort_by(|one, other| {
        let ((one, one_n), (other, other_n)) = (key(one), key(other));
        other.partial_cmp(&one).unwrap_or(std::cmp::Ordering::Equal).then(other_n.cmp(&one_n))
    });
    let ranked = cards.iter().filter(|card| card.difference(least_n).is_some()).count();
    let unranked = cards.len() - ranked;
    let are_blocks = state.indicators.groups == Groups::Blocks;
    let how = match found.cards.past_spans {
        _ if !are_blocks => text.t("scorecards-how").to_owned(),
        0 => text.t("scorecards-blocks-none").to_owned(),
        spans => text.with("scorecards-blocks-how", &[("n", (spans as u32).into())]),
    };
    let mut notes = vec![how];
    if unranked > 0 {
        let words = [("n", unranked.into()), ("least", least_n.into())];
        notes.push(text.with("scorecards-unranked", &words));
    }
    quiet(ui, tokens, &notes.join(" "));
    let expected = if are_blocks { "scorecard-expected-past" } else { "scorecard-expected" };
    let column = |title, share, align| Column { title: text.t(title), share, align };
    let heads = [
        column("scorecard-place", 0.35, Align::Right),
        column("scorecard-name", 2.3, Align::Left),
        column("kpi-received", 0.8, Align::Right),
        column("word-closed", 0.8, Align::Right),
        column("kpi-open", 0.7, Align::Right),
        column("kpi-overdue", 0.8, Align::Right),
        column("kpi-on-time", 1.5, Align::Right),
        column(expected, 1.0, Align::Right),
        column("scorecard-difference", 1.0, Align::Right),
        column("scorecard-close-time", 1.0, Align::Right),
        column("scorecard-ratio", 1.0, Align::Right),
        column("scorecard-returned", 1.0, Align::Right),
        column("scorecard-satisfaction", 1.0, Align::Right),
    ];
    let lines: Vec<table::Line> = cards
        .iter()
        .enumerate()
        .map(|(at, card)| {
            let place = (at < ranked).then_some(at + 1);
            line(card, place, least_n, tokens, text, &heads)
        })
        .collect();
    if let Some(index) = figure_table(ui, tokens, "scorecards", &heads, &lines) {
        out.push(cards.swap_remove(index).command);
    }
}

/// What is nobody's has no place among the others.
fn card_of(cards: &[Adjusted], at: usize, is_somebody: bool) -> Option<Adjusted> {
    cards.get(at).copied().filter(|_| is_somebody)
}

fn cards(state: &State, found: &Measured, text: &Text) -> Vec<Card> {
    let table = &found.indicators.now;
    match state.indicators.groups {
        Groups::Bodies => (0_u16..)
            .zip(&table.bodies)
            .map(|(number, sums)| Card {
                name: names::body(state, text, number).to_owned(),
                sums: sums.clone(),
                adjusted: card_of(&found.cards.bodies, usize::from(number), number != NONE),
                chosen: state.filter.bodies.contains(&number),
                command: Command::ToggleBody(number),
            })
            .collect(),
        Groups::Municipalities => (0..table.places())
            .map(|place| {
                let is_last = place + 1 == table.places();
                let number = if is_last { NO_MUNICIPALITY } else { place as u8 };
                Card {
                    name: names::municipality(state, text, number).to_owned(),
                    sums: table.municipality(place),
                    adjusted: card_of(&found.cards.municipalities, place, !is_last),
                    chosen: state.filter.municipalities.contains(&number),
                    command: Command::ToggleMunicipality(number),
                }
            })
            .collect(),
        Groups::Blocks => Block::ALL
            .iter()
            .map(|block| Card {
                name: names::block_full(state, text, block.index()).to_owned(),
                sums: table.block(usize::from(block.index())),
                adjusted: found.cards.blocks.get(usize::from(block.index())).copied(),
                chosen: state.filter.blocks.contains(&block.index()),
                command: Command::ToggleBlock(block.index()),
            })
            .collect(),
    }
}

fn line(
    card: &Card,
    place: Option<usize>,
    least_n: u32,
    tokens: &Tokens,
    text: &Text,
    heads: &[Column<'_>],
) -> table::Line {
    let color = &tokens.color;
    let dim = if place.is_some() || card.adjusted.is_none() {
        color.text_strong
    } else {
        color.text_soft
    };
    let plain = |shown: String, ink: Color32| Figure {
        shown,
        ink,
        note: String::new(),
        note_ink: color.text_dim,
    };
    let figure = |measure: Measure| {
        let figure = card.sums.figure(measure);
        let few = figure.n < least_n;
        let is_count = matches!(figure.value, Value::Count(_));
        Figure {
            shown: figures::value(text, &figure),
            ink: if few && !is_count { color.text_dim } else { dim },
            note: if is_count { String::new() } else { format::n_text(text, figure.n) },
            note_ink: color.text_dim,
        }
    };
    let adjusted = card.adjusted.filter(|adjusted| adjusted.n >= least_n);
    let difference = card.difference(least_n);
    let difference_ink = match difference {
        Some(difference) if card.is_clear() && difference > 0.0 => color.good,
        Some(difference) if card.is_clear() && difference < 0.0 => color.warn,
        _ => color.text_soft,
    };
    let none = || plain("–".to_owned(), color.text_dim);
    let expected = adjusted.map_or_else(none, |adjusted| Figure {
        note: format::n_text(text, adjusted.n),
        ..plain(format::percent(text, Some(adjusted.expected)), color.text_soft)
    });
    let unlike = |words: &str, difference: f64| Figure {
        note: if card.is_clear() { String::new() } else { text.t(words).to_owned() },
        ..plain(format::points(text, difference), difference_ink)
    };
    let difference = difference.map_or_else(none, |it| unlike("scorecard-within", it));
    let ratio = card.adjusted.filter(|adjusted| adjusted.closed >= least_n);
    let ratio = ratio.map_or_else(none, |adjusted| {
        plain(format!("×{}", format::decimal(text, adjusted.time_ratio, 2)), color.text_soft)
    });
    let mut on_time = figure(Measure::OnTime);
    if let Some(interval) = card.sums.figure(Measure::OnTime).interval() {
        on_time.note = format!("{} · {}", on_time.note, format::between(text, interval));
    }
    let mut overdue = figure(Measure::Overdue);
    if card.sums.figure(Measure::Overdue).n > 0 {
        overdue.ink = color.alarm;
    }
    let cells = vec![
        plain(place.map_or_else(String::new, |place| place.to_string()), color.text_dim),
        plain(card.name.clone(), dim),
        figure(Measure::Received),
        figure(Measure::Closed),
        figure(Measure::Open),
        overdue,
        on_time,
        expected,
        difference,
        figure(Measure::CloseTime),
        ratio,
        figure(Measure::Returned),
        figure(Measure::Satisfaction),
    ];
    let words = heads.iter().zip(&cells).skip(2).filter(|(_, cell)| cell.shown != "–");
    let words: Vec<String> = words
        .map(|(head, cell)| format!("{}: {} {}", head.title, cell.shown, cell.note))
        .map(|words| words.trim_end().to_owned())
        .collect();
    table::Line { cells, chosen: card.chosen, said: format!("{}\n{}", card.name, words.join("\n")) }
}
