//! How long answers and closings take: medians and ninth deciles, honest to
//! the bucket.

use egui::{Rect, Role, Sense, Ui};

use super::explained;
use crate::app::{Command, State};
use crate::board::aggregates::DurationHistogram;
use crate::board::row::NO_MUNICIPALITY;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, empty, font, hairline, paint_line};
use crate::ui::{format, names};

/// Right edges of median, ninth decile and n, as shares of the width.
const COLUMNS: [f32; 3] = [0.62, 0.86, 1.0];

struct Line<'a> {
    name: &'a str,
    histogram: &'a DurationHistogram,
    strong: bool,
    chosen: bool,
    dimmed: bool,
}

pub(super) fn durations_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let closed = closed_in_all(state);
    explained(
        ui,
        state,
        tokens,
        text,
        text.t("durations-title"),
        Some(closed.n()),
        "how-durations",
    );
    if closed.n() == 0 && state.aggregates.first_answer.n() == 0 {
        empty(ui, tokens, text.t("durations-none"), text.t("empty-try-clear"));
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let places = places_by_median(state);
    let lines = places.len() as f32 + 4.6;
    let height = (ui.available_height() / lines).clamp(18.0, tokens.size.row);
    head(ui, tokens, text, height);
    let whole =
        |name, histogram| Line { name, histogram, strong: true, chosen: false, dimmed: false };
    let first = whole(text.t("to-first-answer"), &state.aggregates.first_answer);
    line_ui(ui, tokens, text, height, &first, Sense::hover());
    line_ui(ui, tokens, text, height, &whole(text.t("to-close"), &closed), Sense::hover());
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height * 1.4), Sense::hover());
    paint_line(
        ui.painter(),
        rect.left_center() + egui::vec2(0.0, height * 0.2),
        Align::Left,
        text.t("to-close-by-municipality"),
        font(tokens.size.note, Weight::Regular),
        tokens.color.text_dim,
        rect.width(),
    );
    for (place, histogram) in places {
        let chosen = state.filter.municipalities.contains(&place);
        let line = Line {
            name: names::municipality(state, text, place),
            histogram,
            strong: false,
            chosen,
            dimmed: !chosen && !state.filter.municipalities.is_empty(),
        };
        if line_ui(ui, tokens, text, height, &line, Sense::click()) {
            out.push(Command::ToggleMunicipality(place));
        }
    }
}

/// Numbers and histograms of the municipalities; «not known» is the last.
fn places(state: &State) -> impl Iterator<Item = (u8, &DurationHistogram)> {
    let known = state.catalogue.municipalities.len() as u8;
    (0..known).chain([NO_MUNICIPALITY]).zip(&state.aggregates.close_by_municipality)
}

/// Receipt to close of all that the filter lets through.
fn closed_in_all(state: &State) -> DurationHistogram {
    let chosen = &state.filter.municipalities;
    let mut all = DurationHistogram::default();
    for (_, histogram) in
        places(state).filter(|(place, _)| chosen.is_empty() || chosen.contains(place))
    {
        all.add(histogram);
    }
    all
}

/// Slowest first; those without a closing at the end are left out.
fn places_by_median(state: &State) -> Vec<(u8, &DurationHistogram)> {
    let mut places: Vec<_> = places(state).filter(|(_, histogram)| histogram.n() > 0).collect();
    places.sort_by_key(|(_, histogram)| std::cmp::Reverse(histogram.quantile(0.5)));
    places
}

fn head(ui: &mut Ui, tokens: &Tokens, text: &Text, height: f32) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    for (column, key) in [(0, "column-median"), (1, "column-p90"), (2, "column-n")] {
        paint_line(
            ui.painter(),
            at(rect, column),
            Align::Right,
            text.t(key),
            font(tokens.size.note, Weight::Regular),
            tokens.color.text_dim,
            rect.width() * 0.24,
        );
    }
}

fn at(rect: Rect, column: usize) -> egui::Pos2 {
    egui::pos2(rect.left() + rect.width() * COLUMNS[column], rect.center().y)
}

/// True where it was clicked.
fn line_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    height: f32,
    line: &Line<'_>,
    sense: Sense,
) -> bool {
    let (size, color) = (&tokens.size, &tokens.color);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), sense);
    let median = format::duration_range(text, line.histogram.quantile(0.5));
    let p90 = format::duration_range(text, line.histogram.quantile(0.9));
    let n = format::count(line.histogram.n());
    response.widget_info(|| {
        let label = format!("{}: {median}, {p90}, n = {n}", line.name);
        egui::WidgetInfo::selected(Role::Button, true, line.chosen, label)
    });
    hairline(ui, tokens, rect, rect.top());
    if sense.senses_click() && (response.hovered() || response.has_focus()) || line.chosen {
        let ground = rect.expand2(egui::vec2(6.0, -0.5));
        ui.painter().rect_filled(ground, size.radius_small, color.raised);
    }
    let tint = |ink: egui::Color32| if line.dimmed { color.text_dim } else { ink };
    let weight = if line.strong { Weight::Semibold } else { Weight::Medium };
    paint_line(
        ui.painter(),
        rect.left_center(),
        Align::Left,
        line.name,
        font(size.body, if line.strong { Weight::Medium } else { Weight::Regular }),
        tint(color.text_strong),
        rect.width() * 0.38,
    );
    for (column, words, weight, ink) in [
        (0, &median, weight, color.text_strong),
        (1, &p90, Weight::Regular, color.text_soft),
        (2, &n, Weight::Regular, color.text_dim),
    ] {
        let width = rect.width() * 0.24;
        let font = font(size.body, weight);
        paint_line(ui.painter(), at(rect, column), Align::Right, words, font, tint(ink), width);
    }
    response.clicked()
}
