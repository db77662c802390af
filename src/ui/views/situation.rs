//! «Обстановка»: the region at a glance.

mod blocks;
mod cards;
mod changed;
mod due;
mod timeline;

use egui::{Rect, Ui};

use blocks::blocks;
pub(super) use cards::cards;
use changed::changed;
use due::due;
use timeline::timeline;

use crate::app::state::PeriodChoice;
use crate::app::{Command, State};
use crate::board::aggregates::DayTotals;
use crate::ui::format;
use crate::ui::freshness;
use crate::ui::map::{MapLocal, map_ui};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::blocks::{bodies_ui, topics_ui};
use crate::ui::views::page::{page, split_top};
use crate::ui::widgets::panel_rect;

/// Share of the width that figures take beside the map.
const FIGURES_SHARE: f32 = 0.475;
const FIGURES_MIN: f32 = 560.0;
const TIMELINE_HEIGHT: f32 = 190.0;
const CARDS_HEIGHT: f32 = 140.0;
const FOOT_MIN: f32 = 190.0;
/// Height of a panel with a heading and three rows.
const SECOND_MIN: f32 = 138.0;

pub fn situation_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    let rect = ui.max_rect();
    let gap = tokens.size.gap;
    let figures_width = (rect.width() * FIGURES_SHARE).max(FIGURES_MIN).min(rect.width() * 0.6);
    let split = rect.right() - figures_width;
    let map_rect = Rect::from_min_max(
        rect.min,
        egui::pos2(split - gap, rect.bottom() - TIMELINE_HEIGHT - gap),
    );
    let timeline_rect = Rect::from_min_max(
        egui::pos2(rect.left(), rect.bottom() - TIMELINE_HEIGHT),
        egui::pos2(split - gap, rect.bottom()),
    );
    let mut map_place = ui.new_child(egui::UiBuilder::new().max_rect(map_rect).id_salt("map"));
    map_ui(&mut map_place, state, tokens, text, map, out);
    panel_rect(ui, timeline_rect, tokens, |ui| timeline(ui, state, tokens, text, out));
    let column = rect.with_min_x(split);
    let place = egui::UiBuilder::new().max_rect(column).id_salt("figures");
    ui.scope_builder(place, |ui| figures(ui, state, tokens, text, out));
    freshness::veil(ui, rect, state, tokens);
}

/// Cards, sectors and lists below each other; where they do not fit, they are
/// scrolled to beside the map.
fn figures(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let gap = tokens.size.gap;
    let card_rows = 4 / cards::across(ui.available_width(), gap);
    let cards_height = (CARDS_HEIGHT + gap) * card_rows as f32 - gap;
    let blocks_height = blocks::height(tokens) + tokens.size.padding * 2.0;
    let least = cards_height + blocks_height + FOOT_MIN + gap * 2.0;
    page(ui, "figures", least, |ui, rect| {
        let (cards_rect, rest) = split_top(rect, cards_height, gap);
        let (blocks_rect, foot) = split_top(rest, blocks_height, gap);
        cards(ui, cards_rect, state, tokens, text, out);
        panel_rect(ui, blocks_rect, tokens, |ui| blocks(ui, state, tokens, text, out));
        let (left, right) = halves(foot, gap);
        let (changed_rect, topics_rect) = shared(left, changed::height(state, tokens), tokens);
        let (due_rect, bodies_rect) = shared(right, due::height(state, tokens), tokens);
        panel_rect(ui, changed_rect, tokens, |ui| changed(ui, state, tokens, text, out));
        panel_rect(ui, due_rect, tokens, |ui| due(ui, state, tokens, text, out));
        if let Some(rect) = topics_rect {
            panel_rect(ui, rect, tokens, |ui| topics_ui(ui, state, tokens, text, out));
        }
        if let Some(rect) = bodies_rect {
            panel_rect(ui, rect, tokens, |ui| bodies_ui(ui, state, tokens, text, out));
        }
    });
}

/// A list that asks for less than the whole column leaves the rest to another
/// panel, where that gets room for a few rows.
fn shared(column: Rect, wanted: f32, tokens: &Tokens) -> (Rect, Option<Rect>) {
    let wanted = wanted + tokens.size.padding * 2.0;
    let gap = tokens.size.gap;
    if column.height() - wanted - gap < SECOND_MIN {
        return (column, None);
    }
    let (first, second) = split_top(column, wanted, gap);
    (first, Some(second))
}

fn halves(rect: Rect, gap: f32) -> (Rect, Rect) {
    let middle = rect.center().x;
    (
        Rect::from_min_max(rect.min, egui::pos2(middle - gap / 2.0, rect.bottom())),
        Rect::from_min_max(egui::pos2(middle + gap / 2.0, rect.top()), rect.max),
    )
}

/// Days of the filter's span, first and last, as far as there is history.
fn chosen_days(state: &State) -> Option<(i32, i32)> {
    let span = state.aggregates.key.filter.span?;
    let first = crate::domain::Timestamp(span.from).local_day().0;
    let last = crate::domain::Timestamp(span.to.saturating_sub(1)).local_day().0;
    Some((first, last))
}

/// The last `days` of the history up to the end of the span.
fn recent(state: &State, days: usize) -> &[DayTotals] {
    let all = &state.aggregates.by_day;
    let end = match chosen_days(state) {
        Some((_, last)) => all.partition_point(|day| day.day <= last),
        None => all.len(),
    };
    &all[end.saturating_sub(days)..end]
}

/// Growth of a count over the period before, where there was something.
pub fn growth(now: u32, before: Option<u32>) -> Option<f64> {
    let before = before.filter(|&before| before > 0)?;
    Some(f64::from(now) / f64::from(before) - 1.0)
}

/// «на 25 сен», where the figures are states at the end of a span that is over.
fn as_of(state: &State, text: &Text) -> Option<String> {
    let end = state.aggregates.key.filter.span.map(|span| span.to)?;
    let day = format::local(end.saturating_sub(1)).date();
    let is_over = end <= state.now;
    is_over.then(|| text.with("as-of", &[("day", format::day_month_short(text, day).into())]))
}

/// «к прошлым 28 дням».
pub fn previous_key(period: PeriodChoice) -> &'static str {
    match period {
        PeriodChoice::Day => "period-previous-day",
        PeriodChoice::Week => "period-previous-week",
        PeriodChoice::FourWeeks => "period-previous-four-weeks",
        PeriodChoice::Quarter => "period-previous-quarter",
        PeriodChoice::Year => "period-previous-year",
        PeriodChoice::All | PeriodChoice::Brushed(_) => "period-previous-brushed",
    }
}
