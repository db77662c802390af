//! The map of the region: base map, choropleth, heat, clusters, names and what
//! stands around them.

pub mod base;
mod basemap;
mod camera;
mod choose;
pub mod clusters;
mod controls;
mod desk;
pub mod frame;
pub mod furniture;
mod heat;
pub mod labels;
mod line;
pub mod measure;
pub mod names;
mod outline;
mod paint;
mod place;
pub mod prepared;
mod problems;
mod small;
mod tooltip;
mod veil;
mod way;

pub use desk::{MapLocal, map_ui};

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use egui::{Color32, Painter, Rect};

use base::BaseMap;
use basemap::Basemap;
use frame::MapView;
use heat::HeatTexture;
use labels::{Disc, LabelLook, Labels, MapSizes};
use names::Names;
use paint::{BaseLook, BaseMeshes};

use super::tokens::Tokens;
use crate::app::basemap::Archive;
use crate::app::state::HeatPicture;
use crate::config::Theme;

/// What a map shows, on the desk, on the wall and in a picture.
pub struct MapPaint<'a> {
    pub base: &'a BaseMap,
    /// Tiles in the place of our own land and waters.
    pub basemap: Option<&'a Arc<Archive>>,
    pub names: &'a Names,
    pub tokens: &'a Tokens,
    pub sizes: &'a MapSizes,
    /// By the catalogue's index of the municipality; `None` is bare land.
    pub fills: &'a [Option<Color32>],
    pub selected: &'a BTreeSet<u8>,
    pub heat: Option<&'a Arc<HeatPicture>>,
    /// Within this another selection's heat comes.
    pub pace: Duration,
    /// Names keep out of these: something else is written there.
    pub keep_clear: &'a [Rect],
    /// Names step aside for these: circles of groups are drawn over the map.
    pub discs: &'a [Disc],
}

/// Within this one selection's heat becomes another's: so that the change is seen.
pub const PACE: Duration = Duration::from_millis(400);

/// Nothing is selected on a bare map.
static NOTHING_SELECTED: BTreeSet<u8> = BTreeSet::new();

impl<'a> MapPaint<'a> {
    /// Land, waters and names, and no figures on them.
    fn bare(base: &'a BaseMap, names: &'a Names, tokens: &'a Tokens, sizes: &'a MapSizes) -> Self {
        Self {
            base,
            basemap: None,
            names,
            tokens,
            sizes,
            fills: &[],
            selected: &NOTHING_SELECTED,
            heat: None,
            pace: PACE,
            keep_clear: &[],
            discs: &[],
        }
    }
}

/// What is kept from frame to frame.
#[derive(Default)]
pub struct MapCache {
    meshes: BaseMeshes,
    basemap: Basemap,
    heat: HeatTexture,
    labels: Labels,
}

impl MapCache {
    /// Paints everything that needs no hand: the desk's map and the wall's are
    /// the same.
    pub fn paint(&mut self, painter: &Painter, view: &MapView, paint: &MapPaint<'_>) {
        let painter = painter.with_clip_rect(view.rect.intersect(painter.clip_rect()));
        let look = BaseLook {
            view: *view,
            pixels_per_point: painter.pixels_per_point(),
            line_scale: paint.sizes.line,
            is_dark: paint.tokens.theme == Theme::Dark,
            over_tiles: paint.basemap.is_some(),
            fills: paint.fills.to_vec(),
            selected: paint.selected.clone(),
        };
        self.meshes.update(paint.base, look, paint.tokens);
        painter.add(self.meshes.ground());
        if let Some(archive) = paint.basemap {
            self.basemap.paint(&painter, view, archive, paint.tokens, paint.sizes.line);
            painter.add(self.meshes.cover());
        } else {
            self.basemap.clear();
        }
        if let Some(heat) = paint.heat {
            self.heat.paint(&painter, view, paint.base, heat, paint.pace);
        }
        painter.add(self.meshes.borders());
        let look = LabelLook {
            tokens: paint.tokens,
            sizes: paint.sizes,
            fills: paint.fills,
            selected: paint.selected,
            over_tiles: paint.basemap.is_some(),
            keep_clear: paint.keep_clear,
            discs: paint.discs,
        };
        self.labels.paint(&painter, view, paint.names, &look);
    }
}

#[cfg(test)]
mod tests;
