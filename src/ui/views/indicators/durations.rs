//! How long answers and closings take: medians and ninth deciles, honest to
//! the bucket.

use egui::{Rect, Role, Sense, Ui};

use super::explained;
use crate::app::{Command, State};
use crate::board::aggregates::DurationHistogram;
use crate::board::row::NO_MUNICIPALITY;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, empty, font, hairline, paint_line, width_of};
use crate::ui::{format, names};

/// Right edges of median, ninth decile and n, as shares of the width, where there
/// is room.
const COLUMNS: [f32; 3] = [0.62, 0.86, 1.0];

/// Room between a column and the next.
const GAP: f32 = 10.0;

/// Where the columns stand: what they hold never runs into the next.
struct Columns {
    /// Right edges from the left of a row.
    rights: [f32; 3],
    name_width: f32,
    /// Of the words: smaller before a name is cut, all alike.
    size: f32,
}

impl Columns {
    /// Of a table `width` points wide whose widest name and figures are these.
    fn new(width: f32, size: f32, name: f32, widths: [f32; 3]) -> Self {
        let gaps = GAP * widths.len() as f32;
        let natural = name + widths.iter().sum::<f32>();
        let share = ((width - gaps) / natural.max(1.0)).clamp(0.8, 1.0);
        let mut rights = COLUMNS.map(|share| share * width);
        for column in (0..2).rev() {
            let free = rights[column + 1] - widths[column + 1] * share - GAP;
            rights[column] = rights[column].min(free);
        }
        let name_width = rights[0] - widths[0] * share - GAP;
        Self { rights, name_width, size: size * share }
    }

    fn at(&self, row: Rect, column: usize) -> egui::Pos2 {
        egui::pos2(row.left() + self.rights[column], row.center().y)
    }
}

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
    let columns = columns(ui, state, tokens, text, &places, &closed);
    head(ui, tokens, text, height, &columns);
    let whole =
        |name, histogram| Line { name, histogram, strong: true, chosen: false, dimmed: false };
    let first = whole(text.t("to-first-answer"), &state.aggregates.first_answer);
    line_ui(ui, tokens, text, height, &columns, &first, Sense::hover());
    let close = whole(text.t("to-close"), &closed);
    line_ui(ui, tokens, text, height, &columns, &close, Sense::hover());
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
            dimmed: !chosen
                && (!state.filter.municipalities.is_empty() || is_few(state, histogram)),
        };
        if line_ui(ui, tokens, text, height, &columns, &line, Sense::click()) {
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

/// Slowest first, those of too few closings behind them; those without one are left out.
fn places_by_median(state: &State) -> Vec<(u8, &DurationHistogram)> {
    let mut places: Vec<_> = places(state).filter(|(_, histogram)| histogram.n() > 0).collect();
    places.sort_by_key(|(_, histogram)| {
        (is_few(state, histogram), std::cmp::Reverse(histogram.quantile(0.5)))
    });
    places
}

/// Too few to be ranked.
fn is_few(state: &State, histogram: &DurationHistogram) -> bool {
    histogram.n() < state.catalogue.indicators.least_n()
}

/// Columns as wide as what stands in them.
fn columns(
    ui: &Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    places: &[(u8, &DurationHistogram)],
    closed: &DurationHistogram,
) -> Columns {
    let body = tokens.size.body;
    let width = |words: &str, weight| width_of(ui.painter(), words, body, weight);
    let histograms = places.iter().map(|(_, histogram)| *histogram);
    let whole = [closed, &state.aggregates.first_answer];
    let mut widths =
        ["column-median", "column-p90", "column-n"].map(|key| width(text.t(key), Weight::Regular));
    for histogram in histograms.chain(whole) {
        let [median, p90, n] = figures(text, histogram);
        let found = [
            width(&median, Weight::Semibold),
            width(&p90, Weight::Regular),
            width(&n, Weight::Regular),
        ];
        for (widest, found) in widths.iter_mut().zip(found) {
            *widest = widest.max(found);
        }
    }
    let named = places.iter().map(|(place, _)| names::municipality(state, text, *place));
    let name = named
        .chain([text.t("to-first-answer"), text.t("to-close")])
        .map(|name| width(name, Weight::Medium))
        .fold(0.0, f32::max);
    Columns::new(ui.available_width(), body, name, widths)
}

/// Median, ninth decile and n as they are written.
fn figures(text: &Text, histogram: &DurationHistogram) -> [String; 3] {
    let shown = |q: f64| format::duration_range(text, histogram.quantile(q));
    [shown(0.5), shown(0.9), format::count(histogram.n())]
}

fn head(ui: &mut Ui, tokens: &Tokens, text: &Text, height: f32, columns: &Columns) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    for (column, key) in [(0, "column-median"), (1, "column-p90"), (2, "column-n")] {
        paint_line(
            ui.painter(),
            columns.at(rect, column),
            Align::Right,
            text.t(key),
            font(tokens.size.note.min(columns.size), Weight::Regular),
            tokens.color.text_dim,
            rect.width(),
        );
    }
}

/// True where it was clicked.
fn line_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    height: f32,
    columns: &Columns,
    line: &Line<'_>,
    sense: Sense,
) -> bool {
    let (size, color) = (&tokens.size, &tokens.color);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), sense);
    let [median, p90, n] = figures(text, line.histogram);
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
        font(columns.size, if line.strong { Weight::Medium } else { Weight::Regular }),
        tint(color.text_strong),
        columns.name_width + 1.0,
    );
    for (column, words, weight, ink) in [
        (0, &median, weight, color.text_strong),
        (1, &p90, Weight::Regular, color.text_soft),
        (2, &n, Weight::Regular, color.text_dim),
    ] {
        let (at, font) = (columns.at(rect, column), font(columns.size, weight));
        paint_line(ui.painter(), at, Align::Right, words, font, tint(ink), rect.width());
    }
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_runs_into_the_next() {
        for width in [300.0, 340.0, 420.0, 700.0] {
            let widths = [92.0, 90.0, 44.0];
            let columns = Columns::new(width, 13.5, 125.0, widths);
            let share = columns.size / 13.5;
            let mut left = columns.name_width;
            for (right, wide) in columns.rights.iter().zip(widths) {
                assert!(right - wide * share >= left + GAP - 0.1, "{width}: {right}");
                left = *right;
            }
            assert!(left <= width);
        }
    }
}
