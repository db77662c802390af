//! «Сводка»: the period in words, for the screen and a messenger.

use egui::{ScrollArea, Ui};

use crate::app::state::PeriodChoice;
use crate::app::{Command, State};
use crate::board::filter::Span;
use crate::board::mood::Mood;
use crate::domain::{Period, Timestamp};
use crate::ui::digest::{Digest, Part};
use crate::ui::freshness;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{Weight, font, panel_rect, segment, text_button};

/// Whole days up to the last midnight.
const DAYS: [(i32, &str); 3] = [(1, "digest-day"), (7, "digest-week"), (28, "digest-four-weeks")];
/// Calendar months that are over.
const MONTHS: [(u32, &str); 2] = [(1, "digest-month"), (3, "digest-quarter")];

/// Lines longer than this are hard to read.
const WIDTH_MOST: f32 = 900.0;

pub(super) fn digest_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let rect = ui.available_rect_before_wrap();
    let digest = Digest::of(state, text);
    panel_rect(ui, rect, tokens, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let days = DAYS.map(|(days, key)| (whole_days(state.now, days), key));
            let months = MONTHS.map(|(months, key)| (whole_months(state.now, months), key));
            for (span, key) in days.into_iter().chain(months) {
                let period = PeriodChoice::Brushed(span);
                if segment(ui, tokens, text.t(key), state.period == period) {
                    out.push(Command::SetPeriod(period));
                }
            }
            ui.add_space(size.gap);
            if text_button(ui, tokens, text.t("digest-copy")).clicked() {
                ui.ctx().copy_text(digest.plain());
            }
        });
        ScrollArea::vertical().id_salt("digest").auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(WIDTH_MOST));
            ui.spacing_mut().item_spacing.y = 5.0;
            ui.add_space(size.gap * 0.5);
            let title = font(size.heading * 1.3, Weight::Semibold);
            ui.label(egui::RichText::new(&digest.title).font(title).color(color.text_strong));
            let ink = match digest.mood {
                Some(Mood::Tenser) => color.warn,
                Some(Mood::Calmer) => color.good,
                Some(Mood::Usual) => color.text_strong,
                None => color.text_dim,
            };
            let verdict = font(size.heading * 1.1, Weight::Medium);
            ui.label(egui::RichText::new(&digest.verdict).font(verdict).color(ink));
            for part in &digest.parts {
                part_ui(ui, part, tokens);
            }
        });
    });
    freshness::veil(ui, rect, state, tokens);
}

fn whole_days(now: u32, days: i32) -> Span {
    let today = Timestamp(now).local_day();
    Span { from: today.plus_days(-days).start().0, to: today.start().0 }
}

fn whole_months(now: u32, months: u32) -> Span {
    let Period { from, to } = Period::last_calendar(months, Timestamp(now));
    Span { from: from.0, to: to.0 }
}

fn part_ui(ui: &mut Ui, part: &Part, tokens: &Tokens) {
    ui.add_space(tokens.size.gap * 0.6);
    quiet(ui, tokens, &part.title);
    for line in &part.lines {
        let body = font(tokens.size.body, Weight::Regular);
        ui.label(egui::RichText::new(line).font(body).color(tokens.color.text_strong));
    }
}
