//! One block as a panel, and the grid of them.

use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui};

use super::super::page::whole_days;
use super::super::situation::growth;
use crate::app::command::Dimension;
use crate::app::{Command, State};
use crate::board::aggregates::{TREND_DAYS, Totals};
use crate::domain::Block;
use crate::domain::indicator::Measure;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Spark, Trend, Weight, font, line, mark, paint_line, spark};
use crate::ui::{figures, format, names};

/// The blocks, «вне блоков» and all of them together.
pub(super) const COUNT: usize = Block::COUNT + 1;

/// A narrower line of days has no shape.
const LEAST_SPARK: f32 = 40.0;

/// How many panels stand side by side so that the rows are even.
pub(super) fn across(width: f32, gap: f32, min_width: f32) -> usize {
    let fit = ((width + gap) / (min_width + gap)) as usize;
    [5, 4, 3, 2].into_iter().find(|&across| across <= fit).unwrap_or(1)
}

/// What a panel shows.
struct Shown<'a> {
    name: &'a str,
    note: String,
    totals: Totals,
    growth: Option<f64>,
    trend: Vec<f32>,
    chosen: bool,
    dimmed: bool,
}

pub(super) fn grid_ui(
    ui: &mut Ui,
    rect: Rect,
    across: usize,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let gap = tokens.size.gap;
    let rows = COUNT.div_ceil(across);
    let height = (rect.height() - gap * (rows - 1) as f32) / rows as f32;
    let place = |index: usize| {
        let row = index / across;
        // What is left for the last row fills it.
        let beside = across.min(COUNT - row * across) as f32;
        let width = (rect.width() - gap * (beside - 1.0)) / beside;
        let at = egui::vec2((index % across) as f32 * (width + gap), row as f32 * (height + gap));
        Rect::from_min_size(rect.min + at, egui::vec2(width, height))
    };
    for (index, block) in Block::ALL.iter().enumerate() {
        let block = block.index();
        if panel_ui(ui, place(index), state, tokens, text, &of_block(state, text, block)) {
            out.push(Command::ToggleBlock(block));
        }
    }
    if panel_ui(ui, place(Block::COUNT), state, tokens, text, &of_all(state, text)) {
        out.push(Command::Clear(Dimension::Block));
    }
}

fn of_block<'a>(state: &'a State, text: &'a Text, block: u8) -> Shown<'a> {
    let at = usize::from(block);
    let aggregates = &state.aggregates;
    let totals = aggregates.by_block.get(at).copied().unwrap_or_default();
    let before = aggregates.by_block_previous.get(at).map(|before| before.received);
    let chosen = state.filter.blocks.contains(&block);
    Shown {
        name: names::block(state, text, block),
        note: String::new(),
        totals,
        growth: growth(totals.received, before),
        trend: aggregates
            .block_trend
            .get(at)
            .map(|days| whole_days(state, days).iter().map(|&n| n as f32).collect())
            .unwrap_or_default(),
        chosen,
        dimmed: !chosen && !state.filter.blocks.is_empty(),
    }
}

fn of_all<'a>(state: &'a State, text: &'a Text) -> Shown<'a> {
    let aggregates = &state.aggregates;
    let before = aggregates.previous.map(|before| before.received);
    let mut trend = vec![0.0; TREND_DAYS];
    for (block, days) in (0..).zip(&aggregates.block_trend) {
        if state.filter.blocks.is_empty() || state.filter.blocks.contains(&block) {
            for (sum, &n) in trend.iter_mut().zip(days) {
                *sum += n as f32;
            }
        }
    }
    let all = state.filter.blocks.is_empty();
    Shown {
        name: text.t(if all { "blocks-all" } else { "blocks-chosen" }),
        note: period_text(state, text),
        totals: aggregates.total,
        growth: growth(aggregates.total.received, before),
        trend: whole_days(state, &trend).to_vec(),
        chosen: false,
        dimmed: false,
    }
}

/// True where it was clicked.
fn panel_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    shown: &Shown<'_>,
) -> bool {
    let (size, color) = (&tokens.size, &tokens.color);
    let response = ui.interact(rect, ui.scope_id().with(("block", shown.name)), Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(Role::Button, true, shown.chosen, sentence(text, shown))
    });
    let on_time = shown.totals.on_time();
    let response = figures::explain(response, state, text, Measure::OnTime, &on_time);
    let trend = Trend::of_growth(shown.growth);
    let tint = |tint: Color32| if shown.dimmed { tint.gamma_multiply(0.5) } else { tint };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let ground = if response.hovered() { color.raised } else { color.panel };
    painter.rect_filled(rect, size.radius, ground);
    let edge = if trend == Trend::Worse { color.warn } else { color.line };
    let cap = Rect::from_min_size(rect.min, egui::vec2(rect.width(), size.radius * 2.0));
    painter
        .with_clip_rect(Rect::from_min_size(rect.min, egui::vec2(rect.width(), 2.5)))
        .rect_filled(cap, size.radius, tint(edge));
    if shown.chosen || response.has_focus() {
        let stroke = Stroke::new(1.0, color.accent);
        painter.rect_stroke(rect, size.radius, stroke, StrokeKind::Inside);
    }
    let inner = rect.shrink2(egui::vec2(size.padding, size.padding * 0.9));
    let (left, right, width) = (inner.left(), inner.right(), inner.width());

    let mut y = inner.top() + size.heading * 0.6;
    let change = change_ui(&painter, egui::pos2(right, y), tokens, shown.growth, trend, &tint);
    let name_width = paint_line(
        &painter,
        egui::pos2(left, y),
        Align::Left,
        shown.name,
        font(size.heading, Weight::Semibold),
        tint(color.text_strong),
        width - change - 8.0,
    );
    if !shown.note.is_empty() {
        paint_line(
            &painter,
            egui::pos2(left + name_width, y),
            Align::Left,
            &format!(" · {}", shown.note),
            font(size.heading, Weight::Regular),
            tint(color.text_soft),
            width - change - name_width - 8.0,
        );
    }

    y += size.heading * 0.7 + size.figure * 0.78;
    let figure = paint_line(
        &painter,
        egui::pos2(left, y),
        Align::Left,
        &format::count(shown.totals.open),
        font(size.figure, Weight::Semibold),
        tint(color.text_strong),
        width * 0.55,
    );
    let label_y = y + size.figure * 0.62 + size.note * 0.65;
    let label = text.with("open-and-new", &[("n", format::count(shown.totals.received).into())]);
    let label = paint_line(
        &painter,
        egui::pos2(left, label_y),
        Align::Left,
        &label,
        font(size.note, Weight::Regular),
        tint(color.text_soft),
        width,
    );
    let spark_left = (left + figure.max(label) + 16.0).max(left + width * 0.42);
    let line_color = if trend == Trend::Worse { color.warn } else { color.accent };
    let line_place = Rect::from_min_max(
        egui::pos2(spark_left, y - size.figure * 0.5),
        egui::pos2(right - 3.0, inner.bottom() - size.body * 1.9),
    );
    if line_place.width() > LEAST_SPARK {
        let look = Spark { width: 1.3, ..Spark::new(tint(line_color)) };
        spark(&painter, line_place, &shown.trend, look);
    }

    let foot = inner.bottom() - size.body * 0.55;
    let overdue = shown.totals.overdue;
    let overdue_ink = if overdue > 0 { color.alarm } else { color.text_soft };
    pair(
        &painter,
        egui::pos2(left, foot),
        Align::Left,
        tokens,
        (&format::count(overdue), tint(overdue_ink)),
        (text.t("word-overdue"), tint(color.text_soft)),
        width * 0.5,
    );
    pair(
        &painter,
        egui::pos2(right, foot),
        Align::Right,
        tokens,
        (&format::percent(text, shown.totals.on_time_share()), tint(color.text_strong)),
        (format::on_time_word(text, &shown.totals), tint(color.text_soft)),
        width * 0.5,
    );
    response.clicked()
}

/// «▲ +38 %» that ends at `at`; returns its width.
fn change_ui(
    painter: &egui::Painter,
    at: egui::Pos2,
    tokens: &Tokens,
    growth: Option<f64>,
    trend: Trend,
    tint: &dyn Fn(Color32) -> Color32,
) -> f32 {
    if growth.is_none() {
        return 0.0;
    }
    let ink = tint(trend.color(tokens));
    let words = format::change_percent(growth);
    let width = paint_line(
        painter,
        at,
        Align::Right,
        &words,
        font(tokens.size.body, Weight::Medium),
        ink,
        90.0,
    );
    let side = tokens.size.mark;
    let center = egui::pos2(at.x - width - side * 0.5 - 4.0, at.y);
    mark(painter, center, trend.mark(), side, ink);
    width + side + 4.0
}

/// A figure and its word: «61 просрочено».
fn pair(
    painter: &egui::Painter,
    at: egui::Pos2,
    align: Align,
    tokens: &Tokens,
    figure: (&str, Color32),
    word: (&str, Color32),
    width: f32,
) {
    let size = &tokens.size;
    let figure_galley =
        line(painter, figure.0, font(size.body + 1.5, Weight::Semibold), figure.1, width);
    let room = width - figure_galley.size().x - 5.0;
    let word_galley = line(painter, word.0, font(size.note, Weight::Regular), word.1, room);
    let total = figure_galley.size().x + 5.0 + word_galley.size().x;
    let x = if align == Align::Right { at.x - total } else { at.x };
    let word_x = x + figure_galley.size().x + 5.0;
    painter.galley(egui::pos2(x, at.y - figure_galley.size().y / 2.0), figure_galley, figure.1);
    let drop = size.note * 0.06;
    painter.galley(
        egui::pos2(word_x, at.y - word_galley.size().y / 2.0 + drop),
        word_galley,
        word.1,
    );
}

/// The panel for who cannot see it.
fn sentence(text: &Text, shown: &Shown<'_>) -> String {
    format!(
        "{}: {} {}, {} {}, {} {}, {} {}",
        shown.name,
        text.t("column-open"),
        shown.totals.open,
        text.t("column-new"),
        shown.totals.received,
        text.t("column-overdue"),
        shown.totals.overdue,
        text.t("column-on-time"),
        format::percent(text, shown.totals.on_time_share()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_even_rows_where_there_is_room() {
        assert_eq!(across(1_748.0, 12.0, 210.0), 5);
        assert_eq!(across(900.0, 12.0, 210.0), 4);
        assert_eq!(across(100.0, 12.0, 210.0), 1);
    }
}
