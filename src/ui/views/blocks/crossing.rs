//! Block × municipality: where what comes from.

use std::collections::BTreeSet;

use egui::{Rect, Ui};

use super::note;
use crate::app::command::Dimension;
use crate::app::{Command, State};
use crate::board::aggregates::Totals;
use crate::board::row::NO_MUNICIPALITY;
use crate::domain::Block;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::matrix::{Cell, Head, Matrix, Picked, Sums, matrix};
use crate::ui::widgets::{Align, Weight, font, heading, paint_line};
use crate::ui::{format, names};

pub(super) fn crossing_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let title = heading(ui, tokens, text.t("crossing-title"), &note(state, text));
    legend(ui, title, tokens, text);
    let places = places(state);
    let aggregates = &state.aggregates;
    let cell = |row: usize, column: usize| -> Totals {
        let at = column * places.len() + row;
        aggregates.matrix.get(at).copied().unwrap_or_default()
    };
    let describe = |row: usize, column: usize| {
        let totals = cell(row, column);
        text.with(
            "crossing-cell",
            &[
                ("block", names::block(state, text, column as u8).into()),
                ("municipality", names::municipality(state, text, places[row]).into()),
                ("received", format::count(totals.received).into()),
                ("open", format::count(totals.open).into()),
                ("overdue", format::count(totals.overdue).into()),
            ],
        )
    };
    let cells = (0..places.len())
        .flat_map(|row| (0..Block::COUNT).map(move |column| (row, column)))
        .map(|(row, column)| {
            let totals = cell(row, column);
            Cell { value: totals.received, corner: totals.overdue > 0 }
        })
        .collect();
    let received = |totals: &[Totals], count: usize| -> Vec<u32> {
        (0..count).map(|at| totals.get(at).map_or(0, |totals| totals.received)).collect()
    };
    let shown = Matrix {
        salt: "crossing",
        rows: places
            .iter()
            .map(|&place| {
                head(&state.filter.municipalities, place, names::municipality(state, text, place))
            })
            .collect(),
        columns: Block::ALL
            .iter()
            .map(|block| {
                head(&state.filter.blocks, block.index(), names::block(state, text, block.index()))
            })
            .collect(),
        cells,
        sums: Some(Sums {
            label: text.t("word-total").to_owned(),
            of_rows: received(&aggregates.by_municipality, places.len()),
            of_columns: received(&aggregates.by_block, Block::COUNT),
            all: aggregates.total.received,
        }),
        name_width: 150.0,
        cell_size: tokens.size.body,
        row_height_max: 44.0,
        clickable: true,
        describe: &describe,
    };
    if let Some(picked) = matrix(ui, tokens, &shown) {
        apply(picked, state, &places, out);
    }
}

/// What the red corner means, at the right end of the heading.
fn legend(ui: &Ui, head: Rect, tokens: &Tokens, text: &Text) {
    let width = paint_line(
        ui.painter(),
        head.right_center(),
        Align::Right,
        text.t("crossing-legend"),
        font(tokens.size.note, Weight::Regular),
        tokens.color.text_dim,
        head.width() * 0.4,
    );
    let tip = head.right_center() - egui::vec2(width + 6.0, tokens.size.mark * 0.5);
    let side = tokens.size.mark;
    ui.painter().add(egui::Shape::convex_polygon(
        vec![tip - egui::vec2(side, 0.0), tip, tip + egui::vec2(0.0, side)],
        tokens.color.alarm,
        egui::Stroke::NONE,
    ));
}

/// Numbers of the municipalities in the order of the rows; the last is «not
/// known», as in the aggregates.
fn places(state: &State) -> Vec<u8> {
    (0..state.catalogue.municipalities.len() as u8).chain([NO_MUNICIPALITY]).collect()
}

fn head(chosen: &BTreeSet<u8>, index: u8, name: &str) -> Head {
    let is_chosen = chosen.contains(&index);
    Head { name: name.to_owned(), chosen: is_chosen, dimmed: !is_chosen && !chosen.is_empty() }
}

/// A cell adds both its sides to the filter; a head toggles its own.
fn apply(picked: Picked, state: &State, places: &[u8], out: &mut Vec<Command>) {
    match picked {
        Picked::Row(row) => out.push(Command::ToggleMunicipality(places[row])),
        Picked::Column(column) => out.push(Command::ToggleBlock(column as u8)),
        Picked::Cell(row, column) => {
            if !state.filter.municipalities.contains(&places[row]) {
                out.push(Command::ToggleMunicipality(places[row]));
            }
            if !state.filter.blocks.contains(&(column as u8)) {
                out.push(Command::ToggleBlock(column as u8));
            }
        }
        Picked::All => {
            out.push(Command::Clear(Dimension::Municipality));
            out.push(Command::Clear(Dimension::Block));
        }
    }
}
