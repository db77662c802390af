//! The days, to be brushed and replayed.

use egui::{Rect, Ui};

use super::chosen_days;
use crate::app::{Command, State};
use crate::board::filter::Span;
use crate::domain::LocalDay;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{chart, empty, heading, segment, segment_width};

/// The days that the timeline shows: the span and as much again on its left,
/// 120 at least.
fn timeline_days(state: &State) -> (usize, usize) {
    let all = &state.aggregates.by_day;
    let wanted = match chosen_days(state) {
        Some((first, last)) => {
            let before_now = all.last().map_or(0, |day| day.day - first.min(day.day));
            (before_now.max((last - first) * 2) as usize + 1).max(120)
        }
        None => all.len(),
    };
    (all.len().saturating_sub(wanted), all.len())
}

pub(super) fn timeline(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (from, to) = timeline_days(state);
    let days = &state.aggregates.by_day[from..to];
    let n: u32 = days.iter().map(|day| day.received).sum();
    let span = text.with("n-days", &[("n", (days.len() as u32).into())]);
    let note = format!("{span} · {}", format::n_text(text, n));
    let words = replay_words(state, text);
    let room = ui.available_width();
    let title_room = room - segment_width(ui, tokens, &words) - tokens.size.gap;
    let title = ui.scope(|ui| {
        ui.set_max_width(title_room);
        heading(ui, tokens, text.t("timeline-title"), &note)
    });
    let head = title.inner.with_max_x(title.inner.left() + room);
    let Some(first) = days.first() else {
        empty(ui, tokens, text.t("empty-no-data"), "");
        return;
    };
    replay_button(ui, head, state, tokens, &words, out);
    let values: Vec<u32> = days.iter().map(|day| day.received).collect();
    let height = ui.available_height();
    let brushed = chart::day_bars(
        ui,
        tokens,
        text,
        &chart::DayBars {
            label: text.t("timeline-title"),
            first_day: first.day,
            values: &values,
            chosen: chosen_days(state),
            cursor: state.replay.map(|replay| replay.day),
            height,
        },
    );
    if let Some((first, last)) = brushed {
        if state.replay.is_some() {
            out.push(Command::SeekReplay(first));
        } else {
            let from = LocalDay(first).start().0;
            let to = LocalDay(last).end().0;
            out.push(Command::SetSpan(Span { from, to }));
        }
    }
}

fn replay_words(state: &State, text: &Text) -> String {
    match state.replay {
        Some(replay) => format!(
            "■ {} · {}",
            text.t("timeline-stop"),
            format::day_month(text, format::date_of_day(replay.day))
        ),
        None => format!("▶ {}", text.t("timeline-replay")),
    }
}

fn replay_button(
    ui: &mut Ui,
    head: Rect,
    state: &State,
    tokens: &Tokens,
    words: &str,
    out: &mut Vec<Command>,
) {
    let place = head.with_min_y(head.top() - 3.0);
    let mut corner = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(place)
            .layout(egui::Layout::right_to_left(egui::Align::Center))
            .id_salt("replay"),
    );
    if segment(&mut corner, tokens, words, state.replay.is_some()) {
        out.push(Command::ToggleReplay);
    }
}
