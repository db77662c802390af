//! A small map of one incident's surroundings.

use egui::{Rect, Sense, Stroke, Ui};

use super::desk::MapLocal;
use super::frame::MapView;
use super::prepared::Prepared;
use super::small::NEAREST_ZOOM;
use crate::app::State;
use crate::geo::mercator::World;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets;

const MARKER: f32 = 6.0;
const DOT: f32 = 3.0;

impl MapLocal {
    /// Paints the surroundings of `place` into `rect`, and dots at `others`.
    pub fn place_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        state: &State,
        tokens: &Tokens,
        text: &Text,
        place: World,
        others: &[World],
    ) {
        let prepared =
            Prepared::of(&mut self.prepared, &state.geodata, &state.catalogue, text.language);
        let response = ui.interact(rect, ui.scope_id().with("place"), Sense::hover());
        widgets::name(&response, egui::Role::Image, text.t("card-map"));
        let view = MapView::new(rect, place, NEAREST_ZOOM);
        let painter = self.place.paint(ui, &view, prepared, tokens);
        for other in others {
            painter.circle_filled(view.to_screen(*other), DOT, tokens.color.text_soft);
        }
        let at = view.to_screen(place);
        painter.circle(at, MARKER, tokens.color.accent, Stroke::new(2.0, tokens.color.canvas));
        painter.rect_stroke(
            rect,
            tokens.size.radius_small,
            Stroke::new(1.0, tokens.color.line),
            egui::StrokeKind::Inside,
        );
    }
}
