//! A small map on which a place is chosen by a click.

use egui::{Rect, Response, Role, Sense, Ui};

use super::desk::MapLocal;
use super::frame::MapView;
use super::prepared::Prepared;
use super::small::SmallMap;
use crate::app::State;
use crate::geo::mercator::{World, WorldRect};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets;

const PADDING: f32 = 8.0;
/// Points of the wheel that double the scale.
const WHEEL: f32 = 180.0;
const NEAREST: f64 = 15.0;

/// What is kept of it from frame to frame.
#[derive(Default)]
pub(super) struct ChooseLocal {
    map: SmallMap,
    /// Middle and zoom once a hand has moved it.
    look: Option<(World, f64)>,
}

impl MapLocal {
    /// Paints the map into `rect`, `home` as large as it fits until a hand moves
    /// it (`fresh` brings it back); where it was clicked.
    pub fn choose_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        state: &State,
        tokens: &Tokens,
        text: &Text,
        home: WorldRect,
        fresh: bool,
    ) -> Option<World> {
        let response = ui.interact(rect, ui.scope_id().with("choose"), Sense::click_and_drag());
        widgets::name(&response, Role::Image, text.t("place-map"));
        let prepared =
            Prepared::of(&mut self.prepared, &state.geodata, &state.catalogue, text.language);
        if fresh {
            self.choose.look = None;
        }
        let view = self.choose.view(ui, &response, home);
        self.choose.map.land(ui.painter(), &view, prepared, tokens);
        let pointer = response.interact_pointer_pos().filter(|_| response.clicked())?;
        Some(view.to_world(pointer))
    }
}

impl ChooseLocal {
    /// Where the map stands after what a hand does to it in this frame.
    fn view(&mut self, ui: &Ui, response: &Response, home: WorldRect) -> MapView {
        let rect = response.rect;
        let mut view = match self.look {
            Some((center, zoom)) => MapView::new(rect, center, zoom),
            None => MapView::fit(rect, home, PADDING),
        };
        let wheel = ui.input(egui::InputState::smooth_scroll_delta).y;
        if let Some(pointer) = response.hover_pos().filter(|_| wheel != 0.0) {
            // What is under the pointer stays there.
            let held = view.to_world(pointer);
            let zoom = (view.zoom() + f64::from(wheel / WHEEL)).min(NEAREST);
            let nearer = MapView::new(rect, view.center(), zoom);
            let [x, y] = nearer.to_world(pointer);
            let [middle_x, middle_y] = nearer.center();
            view = MapView::new(rect, [middle_x + held[0] - x, middle_y + held[1] - y], zoom);
            self.look = Some((view.center(), zoom));
        }
        if response.dragged() {
            let middle = rect.center() - response.drag_delta();
            view = MapView::new(rect, view.to_world(middle), view.zoom());
            self.look = Some((view.center(), view.zoom()));
        }
        view
    }
}
