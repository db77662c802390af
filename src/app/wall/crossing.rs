//! What was received in each municipality and of each sector there, as far as a wall may
//! tell it.

use super::super::state::State;
use super::frame::municipality_name;
use super::told::{Row, SMALLEST_CELL, Told, told_crossed};
use crate::board::aggregates::Matter;
use crate::domain::{Block, Language};

/// Sectors; what is in none is not of them.
const SECTORS: usize = Block::COUNT - 1;

/// What came of a municipality, by sector in the order of the frame's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossingFrame {
    pub name: String,
    pub received: Vec<Told>,
}

/// Municipalities, by the catalogue's index, and sectors by municipality. What stands in no
/// municipality is taken for known: it is often nothing.
pub(super) fn crossing(state: &State, language: Language) -> (Vec<Told>, Vec<CrossingFrame>) {
    let aggregates = &state.aggregates;
    let places = aggregates.by_municipality.len();
    let known = places.min(state.catalogue.municipalities.len());
    let row = |place: usize| {
        let cell = |block: usize| aggregates.matrix.get(block * places + place);
        let received = |block| cell(block).map_or(0, |totals| totals.received);
        let cells = (0..SECTORS).map(|block| received(block).into()).collect();
        Row { cells, sum: aggregates.by_municipality[place].received.into() }
    };
    let mut rows: Vec<Row> = (0..known).map(row).collect();
    // What stands out is told as it is.
    for surprise in aggregates.surprises.iter().filter(|one| one.count >= SMALLEST_CELL) {
        let Some(row) = rows.get_mut(usize::from(surprise.municipality)) else { continue };
        let block = block_of(state, surprise.matter).map(usize::from);
        let cell = block.and_then(|block| row.cells.get_mut(block));
        for known in cell.into_iter().chain([&mut row.sum]) {
            known.least = known.least.max(surprise.count.min(known.count));
        }
    }
    let told = told_crossed(rows);
    let areas = told.iter().map(|row| row.sum).collect();
    let frame = |(place, row): (usize, Row<Told>)| {
        let name = municipality_name(state, place, language)?;
        Some(CrossingFrame { name, received: row.cells })
    };
    (areas, told.into_iter().enumerate().filter_map(frame).collect())
}

/// Of a matter that belongs to one.
fn block_of(state: &State, matter: Matter) -> Option<u8> {
    match matter {
        Matter::Block(block) => Some(block),
        Matter::Theme(topic) => {
            let entry = state.vocabulary.topics.get(usize::from(topic))?;
            Some(state.catalogue.topics.by_code(&entry.code)?.block.index())
        }
        Matter::Source(_) => None,
    }
}
