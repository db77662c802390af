//! Which cells of a picture lie in the region.

use super::density::CellGrid;
use super::mercator::World;
use super::polygon::{MultiPolygon, Ring};

/// The areas that make up a region, ready to be filled.
#[derive(Clone, Debug, Default)]
pub struct RegionMask {
    /// Sides by area; a cell is inside where any area holds its middle.
    areas: Vec<Vec<(World, World)>>,
}

impl RegionMask {
    pub fn of<'a>(areas: impl IntoIterator<Item = &'a MultiPolygon>) -> Self {
        let sides = |area: &MultiPolygon| area.rings().flat_map(Ring::edges).collect();
        Self { areas: areas.into_iter().map(sides).collect() }
    }

    /// Inside or not by cell, rows from the top.
    pub(super) fn rasterise(&self, cells: CellGrid) -> Vec<bool> {
        let mut inside = vec![false; cells.columns * cells.rows];
        let to_column = cells.columns as f64 / cells.world.width();
        let to_row = cells.rows as f64 / cells.world.height();
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); cells.rows];
        for sides in &self.areas {
            for &(a, b) in sides {
                let (top, bottom) = if a[1] < b[1] { (a, b) } else { (b, a) };
                let row_of = |y: f64| ((y - cells.world.y_min) * to_row - 0.5).ceil().max(0.0);
                // Rows whose middle lies between the ends, the lower end left out.
                let rows = row_of(top[1]) as usize..(row_of(bottom[1]) as usize).min(cells.rows);
                for row in rows {
                    let y = cells.world.y_min + (row as f64 + 0.5) / to_row;
                    let share = (y - top[1]) / (bottom[1] - top[1]);
                    crossings[row].push(top[0] + (bottom[0] - top[0]) * share);
                }
            }
            for (row, crossings) in crossings.iter_mut().enumerate() {
                crossings.sort_by(f64::total_cmp);
                for pair in crossings.as_chunks::<2>().0 {
                    let [from, to] = pair.map(|x| {
                        let column = ((x - cells.world.x_min) * to_column - 0.5).ceil().max(0.0);
                        (column as usize).min(cells.columns)
                    });
                    inside[row * cells.columns..][from..to].fill(true);
                }
                crossings.clear();
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::layers::GeoData;
    use crate::geo::mercator::MercatorPoint;

    #[test]
    fn a_cell_is_inside_where_a_municipality_holds_its_middle() {
        let data = GeoData::embedded();
        let mask = RegionMask::of(data.municipalities.iter().map(|m| &m.area));
        let world = data.bounds.grown(0.001);
        let cells =
            CellGrid { columns: 90, rows: 130, size_px: 4, margin: 1, offset: [0.0; 2], world };
        let inside = mask.rasterise(cells);
        let mut count = 0;
        for row in 0..cells.rows {
            for column in 0..cells.columns {
                let point = MercatorPoint::from_world([
                    world.x_min + world.width() * (column as f64 + 0.5) / cells.columns as f64,
                    world.y_min + world.height() * (row as f64 + 0.5) / cells.rows as f64,
                ]);
                let expected = data.municipality_at(point).is_some();
                assert_eq!(inside[row * cells.columns + column], expected, "{row} {column}");
                count += usize::from(expected);
            }
        }
        assert!(count > 2_000);
    }
}
