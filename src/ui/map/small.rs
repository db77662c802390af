//! A small map without figures, on which something else is shown.

use egui::{Painter, Ui};

use super::frame::MapView;
use super::labels::MapSizes;
use super::prepared::Prepared;
use super::{MapCache, MapPaint};
use crate::ui::tokens::Tokens;

/// Some 25 kilometres across: the generalised layers tell nothing nearer.
pub(super) const NEAREST_ZOOM: f64 = 10.5;

/// What is kept of it from frame to frame.
#[derive(Default)]
pub(super) struct SmallMap {
    cache: MapCache,
}

impl SmallMap {
    /// Land, waters and names.
    pub(super) fn land(
        &mut self,
        painter: &Painter,
        view: &MapView,
        prepared: &Prepared,
        tokens: &Tokens,
    ) {
        let sizes = MapSizes::desk(tokens);
        let bare = MapPaint::bare(&prepared.base, &prepared.names, tokens, &sizes);
        self.cache.paint(painter, view, &bare);
    }

    /// The same on a ground of its own; what goes over it is drawn by the painter that
    /// comes back.
    pub(super) fn paint(
        &mut self,
        ui: &Ui,
        view: &MapView,
        prepared: &Prepared,
        tokens: &Tokens,
    ) -> Painter {
        let painter = ui.painter().with_clip_rect(view.rect.intersect(ui.clip_rect()));
        painter.rect_filled(view.rect, tokens.size.radius_small, tokens.color.canvas);
        self.land(&painter, view, prepared, tokens);
        painter
    }
}
