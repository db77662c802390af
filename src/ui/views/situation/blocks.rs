//! The eight sectors, a row each, and what is in none of them.

use egui::{Color32, Rect, Role, Sense, Ui};

use super::growth;
use crate::app::{Command, State};
use crate::domain::Block;
use crate::domain::indicator::Measure;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::whole_days;
use crate::ui::widgets::{
    Align, Spark, Trend, Weight, font, hairline, heading, line, mark, paint_line, spark,
};
use crate::ui::{figures, format, names};

/// Right edges of the columns, as shares of the width; the first is the left
/// edge of the name.
const COLUMNS: [f32; 6] = [0.31, 0.42, 0.575, 0.695, 0.86, 1.0];

/// The same where there is no room for the line of days.
const NARROW_COLUMNS: [f32; 6] = [0.36, 0.50, 0.70, 0.83, 0.83, 1.0];
const NARROW: f32 = 500.0;

/// Height of the head and of the last row, in rows.
const HEAD_ROW: f32 = 0.85;
const LAST_ROW: f32 = 0.8;

/// Height of the panel inside its padding.
pub(super) fn height(tokens: &Tokens) -> f32 {
    let size = &tokens.size;
    let sectors = Block::COUNT - 1;
    size.heading * 1.5 + size.row * (HEAD_ROW + sectors as f32 + LAST_ROW) + 6.0
}

fn columns(width: f32) -> [f32; 6] {
    if width < NARROW { NARROW_COLUMNS } else { COLUMNS }
}

pub(super) fn blocks(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let n = format::n_text(text, state.aggregates.total.received);
    heading(ui, tokens, text.t("blocks-title"), &format!("{} · {n}", period_text(state, text)));
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width();
    let (head, _) = ui.allocate_exact_size(egui::vec2(width, size.row * HEAD_ROW), Sense::hover());
    let at = |rect: Rect, column: usize| {
        egui::pos2(rect.left() + width * columns(width)[column], rect.center().y)
    };
    let note = |at, align, key| {
        paint_line(
            ui.painter(),
            at,
            align,
            text.t(key),
            font(size.note, Weight::Regular),
            color.text_dim,
            120.0,
        );
    };
    note(head.left_center(), Align::Left, "column-block");
    note(at(head, 0), Align::Right, "column-new");
    note(at(head, 1), Align::Right, "column-open");
    note(at(head, 2), Align::Right, "column-overdue");
    note(at(head, 3), Align::Right, "column-on-time");
    if width >= NARROW {
        note(at(head, 3) + egui::vec2(18.0, 0.0), Align::Left, "column-trend");
    }
    note(at(head, 5), Align::Right, "column-usual");
    for &block in Block::ALL {
        block_row(ui, state, tokens, text, block, out);
    }
}

fn block_row(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    block: Block,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let is_outside = block == Block::Outside;
    let height = if is_outside { size.row * LAST_ROW } else { size.row };
    let block = block.index();
    let index = usize::from(block);
    let totals = state.aggregates.by_block.get(index).copied().unwrap_or_default();
    let before = state.aggregates.by_block_previous.get(index).map(|before| before.received);
    let change = growth(totals.received, before);
    let trend = Trend::of_growth(change);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, height), Sense::click());
    let chosen = state.filter.blocks.contains(&block);
    let dimmed = !state.filter.blocks.is_empty() && !chosen;
    let label = format!(
        "{}: {} {}, {} {}, {} {}",
        names::block(state, text, block),
        text.t("column-new"),
        totals.received,
        text.t("column-open"),
        totals.open,
        text.t("column-overdue"),
        totals.overdue
    );
    response.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, chosen, &label));
    let response = figures::explain(response, state, text, Measure::OnTime, &totals.on_time());
    hairline(ui, tokens, rect, rect.top());
    let painter = ui.painter();
    if response.hovered() || chosen || response.has_focus() {
        painter.rect_filled(rect.expand2(egui::vec2(6.0, -0.5)), size.radius_small, color.raised);
    }
    let tint = |tint: Color32| match (dimmed, is_outside) {
        (true, _) => tint.gamma_multiply(0.5),
        (false, true) => color.text_dim,
        (false, false) => tint,
    };
    let at =
        |column: usize| egui::pos2(rect.left() + width * columns(width)[column], rect.center().y);
    let figure = |column: usize, words: &str, ink: Color32, weight: Weight| {
        paint_line(
            painter,
            at(column),
            Align::Right,
            words,
            font(size.body, weight),
            tint(ink),
            90.0,
        );
    };
    paint_line(
        painter,
        rect.left_center(),
        Align::Left,
        names::block(state, text, block),
        font(size.body, Weight::Medium),
        tint(color.text_strong),
        width * 0.24,
    );
    figure(0, &format::count(totals.received), color.text_strong, Weight::Medium);
    figure(1, &format::count(totals.open), color.text_soft, Weight::Regular);
    let overdue_color = if totals.overdue > 0 { color.alarm } else { color.text_dim };
    figure(2, &format::count(totals.overdue), overdue_color, Weight::Medium);
    figure(3, &format::percent(text, totals.on_time_share()), color.text_strong, Weight::Medium);
    let values: Vec<f32> = state
        .aggregates
        .block_trend
        .get(index)
        .map(|days| whole_days(state, days).iter().map(|&n| n as f32).collect())
        .unwrap_or_default();
    let line_color = if trend == Trend::Worse { color.warn } else { color.text_dim };
    let line_place = Rect::from_min_max(
        egui::pos2(at(3).x + 18.0, rect.top() + 6.0),
        egui::pos2(at(4).x, rect.bottom() - 6.0),
    );
    if width >= NARROW {
        let look = Spark { width: 1.2, ..Spark::new(tint(line_color)) };
        spark(painter, line_place, &values, look);
    }
    if change.is_some() {
        let words = format::change_percent(change);
        let galley =
            line(painter, &words, font(size.body, Weight::Medium), tint(trend.color(tokens)), 90.0);
        let left = at(5).x - galley.size().x;
        mark(
            painter,
            egui::pos2(left - size.mark - 2.0, rect.center().y),
            trend.mark(),
            size.mark,
            tint(trend.color(tokens)),
        );
        painter.galley(
            egui::pos2(left, rect.center().y - galley.size().y / 2.0),
            galley,
            color.text_strong,
        );
    } else {
        figure(5, "–", color.text_dim, Weight::Regular);
    }
    if response.clicked() {
        out.push(Command::ToggleBlock(block));
    }
}
