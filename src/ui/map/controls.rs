//! What stands on the desk's map to be pressed: mode, measure, zoom.

use egui::{
    Align as Side, Align2, Color32, Layout, Mesh, Pos2, Rect, Sense, Stroke, Ui, UiBuilder, pos2,
    vec2,
};

use super::frame::MapView;
use super::furniture::{Explained, Furniture};
use super::measure::{Choropleth, words_key};
use crate::app::state::{MapMode, Measure};
use crate::app::{Command, State};
use crate::ui::filter_bar::period_text;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Align, Weight, font, icon_button, line, name, paint_line, segment};

/// What a press on the map's buttons asks of its camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Press {
    Nearer,
    Farther,
    Home,
}

/// Room that the furniture takes along the edges of the map.
pub(super) fn clear_of_furniture(rect: Rect, tokens: &Tokens, credit: Option<&str>) -> Rect {
    let (padding, row) = (tokens.size.padding, tokens.size.row);
    // The legend stands in the lower left corner: a wide map moves aside.
    let aside = (rect.width() - rect.height()).clamp(0.0, tokens.size.note * 13.0);
    let rows = if rect.width() < BESIDE_TITLE { 2.0 } else { 1.0 };
    Rect::from_min_max(
        rect.min + vec2(padding * 2.0 + aside, padding + row * rows),
        rect.max - vec2(padding * 2.0, padding + row * 0.8 + credits_lift(rect, tokens, credit)),
    )
}

/// In notes: width of a map from which the credits stand beside the scale bar, and
/// that of the credits in one line.
const CREDITS_BESIDE: f32 = 70.0;
const CREDITS_LINE: f32 = 44.0;
/// What a letter of a base map's credit adds to both.
const CREDIT_LETTER: f32 = 0.56;
/// What is lost where its words do not fit into the rest of a line.
const CREDIT_BREAK: f32 = 6.0;

/// Room that the credits take below the scale bar where they do not fit beside it.
fn credits_lift(rect: Rect, tokens: &Tokens, credit: Option<&str>) -> f32 {
    let notes = rect.width() / tokens.size.note;
    let of_letters = |credit: &str| (credit.chars().count() + 3) as f32 * CREDIT_LETTER;
    let more = credit.map_or(0.0, |credit| of_letters(credit) + CREDIT_BREAK);
    if notes >= CREDITS_BESIDE + more {
        return 0.0;
    }
    let lines = ((CREDITS_LINE + more) / notes).ceil();
    tokens.size.note * (1.25 * lines + 0.3)
}

/// Width of a map on which title and modes stand in one row.
const BESIDE_TITLE: f32 = 560.0;

/// The desk's map in one frame.
#[derive(Clone, Copy)]
pub(super) struct Controls<'a> {
    /// All of the map.
    pub rect: Rect,
    pub state: &'a State,
    pub tokens: &'a Tokens,
    pub text: &'a Text,
}

impl Controls<'_> {
    /// Lets the map fade under what is written along its upper and lower edge.
    pub(super) fn scrims(&self, ui: &Ui) {
        let Self { rect, tokens, .. } = *self;
        let ground = tokens.color.map_sea.gamma_multiply(0.8);
        let clear = Color32::TRANSPARENT;
        let height = tokens.size.row * 1.9;
        let mut mesh = Mesh::default();
        for (edge, inward) in [(rect.top(), height), (rect.bottom(), -height)] {
            let first = mesh.vertices.len() as u32;
            for (y, color) in [
                (edge, ground),
                (edge + inward * 0.5, ground.gamma_multiply(0.7)),
                (edge + inward, clear),
            ] {
                mesh.colored_vertex(pos2(rect.left(), y), color);
                mesh.colored_vertex(pos2(rect.right(), y), color);
            }
            for band in [first, first + 2] {
                mesh.add_triangle(band, band + 1, band + 2);
                mesh.add_triangle(band + 1, band + 3, band + 2);
            }
        }
        ui.painter().add(mesh);
    }

    /// The words above the map; returns what they cover.
    pub(super) fn title(&self, ui: &Ui) -> Rect {
        let Self { rect, state, tokens, text } = *self;
        let (size, color) = (&tokens.size, &tokens.color);
        let title = text.t(match (state.shown_map_mode(), state.measure) {
            (MapMode::Heat, _) => "map-title",
            (MapMode::Clusters, _) => "map-title-clusters",
            (MapMode::Areas, Measure::Received) => "map-title-received",
            (MapMode::Areas, Measure::PerThousand) => "map-title-per-thousand",
            (MapMode::Areas, Measure::OverdueShare) => "map-title-overdue-share",
            (MapMode::Areas, Measure::Change) => "map-title-change",
        });
        let total = &state.aggregates.total;
        let of_open =
            state.shown_map_mode() == MapMode::Areas && state.measure == Measure::OverdueShare;
        let n = if of_open { total.open } else { total.received };
        let n = format::n_text(text, n);
        let note = format!(" · {} · {n}", period_text(state, text));
        let at = rect.min + vec2(size.padding, size.padding + size.row * 0.45);
        let room = rect.width() - 2.0 * size.padding;
        let strong = font(size.heading, Weight::Semibold);
        let regular = font(size.heading, Weight::Regular);
        let painter = ui.painter();
        let width = paint_line(painter, at, Align::Left, title, strong, color.text_strong, room);
        let rest = paint_line(
            painter,
            at + vec2(width, 0.0),
            Align::Left,
            &note,
            regular,
            color.text_soft,
            room - width,
        );
        Rect::from_min_size(
            at - vec2(0.0, size.heading),
            vec2(width + rest + 12.0, size.heading * 2.0),
        )
    }

    /// «Районы | Тепло | Группы», and the measures where areas are coloured;
    /// returns what they cover.
    pub(super) fn modes(&self, ui: &mut Ui, out: &mut Vec<Command>) -> Rect {
        let Self { rect, state, tokens, text } = *self;
        let size = &tokens.size;
        // Beside the title where both fit, else below it.
        let below = if rect.width() < BESIDE_TITLE { size.row + 4.0 } else { 0.0 };
        let top = rect.top() + size.padding * 0.8 + below;
        let row = Rect::from_min_max(
            pos2(rect.left() + size.padding, top),
            pos2(rect.right() - size.padding, top + size.row),
        );
        let right_to_left = Layout::right_to_left(Side::Center);
        let mut covered = laid_out(ui, row, right_to_left, "modes", |ui| {
            for (mode, key) in [
                (MapMode::Clusters, "map-clusters"),
                (MapMode::Heat, "map-heat"),
                (MapMode::Areas, "map-areas"),
            ] {
                if segment(ui, tokens, text.t(key), state.map_mode == mode)
                    && state.map_mode != mode
                {
                    out.push(Command::SetMapMode(mode));
                }
            }
        });
        if state.map_mode == MapMode::Areas {
            // Below each other: the region's north reaches up to the modes.
            let under = row.translate(vec2(0.0, size.row + 8.0));
            let place = under.with_max_y(under.top() + (size.row + 6.0) * 4.0);
            covered =
                covered.union(laid_out(ui, place, Layout::top_down(Side::Max), "measures", |ui| {
                    for measure in Measure::ALL {
                        let key = words_key(measure);
                        let chosen = state.measure == measure;
                        if segment(ui, tokens, text.t(key), chosen) && !chosen {
                            out.push(Command::SetMeasure(measure));
                        }
                    }
                }));
        }
        covered
    }

    /// + − ⌂ on the right.
    pub(super) fn zoom_buttons(&self, ui: &mut Ui) -> (Option<Press>, Rect) {
        let Self { rect, state, tokens, text } = *self;
        let size = &tokens.size;
        let side = size.row - 2.0;
        let gap = 4.0;
        let lift = credits_lift(rect, tokens, state.basemap.credit());
        let bottom = rect.bottom() - size.padding - size.row * 1.1 - lift;
        let place = Rect::from_min_max(
            pos2(rect.right() - size.padding - side, bottom - 3.0 * side - 2.0 * gap),
            pos2(rect.right() - size.padding, bottom),
        );
        let builder =
            UiBuilder::new().max_rect(place).layout(Layout::top_down(Side::Center)).id_salt("zoom");
        let mut child = ui.new_child(builder);
        child.spacing_mut().item_spacing.y = gap;
        let mut press = None;
        for (sign, key, asks) in [
            ("+", "map-zoom-in", Press::Nearer),
            ("\u{2212}", "map-zoom-out", Press::Farther),
            ("", "map-zoom-home", Press::Home),
        ] {
            let response = icon_button(&mut child, tokens, sign, text.t(key));
            if asks == Press::Home {
                house(&child, response.rect.center(), tokens);
            }
            if response.clicked() {
                press = Some(asks);
            }
        }
        (press, place)
    }

    /// Legend, «без координат: N», credits and scale bar along the lower edge;
    /// returns what they cover.
    pub(super) fn foot(
        &self,
        ui: &mut Ui,
        view: &MapView,
        choropleth: &Choropleth,
        out: &mut Vec<Command>,
    ) -> Vec<Rect> {
        let Self { rect, tokens, text, .. } = *self;
        let size = &tokens.size;
        let painter = ui.painter().clone();
        let credit = self.state.basemap.credit();
        let furniture = Furniture { painter: &painter, tokens, text, note: size.note, credit };
        let corner = rect.right_bottom() - vec2(size.padding, size.padding * 0.8);
        let lift = credits_lift(rect, tokens, credit);
        let bar = furniture.scale_bar(corner - vec2(0.0, lift), view);
        let unplaced = self.unplaced(ui, lift, out);
        // Credits are owed: where they do not fit beside the rest they stand below it.
        let (right, room) = if lift > 0.0 {
            (corner.x, rect.width() - size.padding * 2.0)
        } else {
            let right = bar.left() - size.note * 1.4;
            (right, right - unplaced.right() - size.note * 2.0)
        };
        let mut covered = vec![
            bar,
            unplaced,
            furniture.credits((pos2(right, corner.y), Align2::RIGHT_BOTTOM), room),
        ];
        if let Some(legend) = self.explained(choropleth) {
            let at = pos2(rect.left() + size.padding, unplaced.top() - size.note * 0.7);
            covered.push(furniture.legend(at, legend, rect.width() * 0.45));
        }
        covered
    }

    /// Counts what the map cannot show; a press shows them in the list.
    fn unplaced(&self, ui: &mut Ui, lift: f32, out: &mut Vec<Command>) -> Rect {
        let Self { rect, state, tokens, text } = *self;
        let (size, color) = (&tokens.size, &tokens.color);
        let n = state.aggregates.total.unplaced;
        let words = text.with("unplaced-n", &[("n", format::count(n).into())]);
        let galley = line(
            ui.painter(),
            &words,
            font(size.note, Weight::Regular),
            color.text_soft,
            rect.width() / 2.0,
        );
        let corner = rect.left_bottom() + vec2(size.padding, -size.padding * 0.8 - lift);
        let place = Rect::from_min_size(corner - vec2(0.0, galley.size().y), galley.size());
        let response =
            ui.interact(place.expand(4.0), ui.scope_id().with("unplaced"), Sense::click());
        name(&response, egui::Role::Button, &words);
        let tint = if response.hovered() || response.has_focus() || state.filter.unplaced_only {
            color.accent
        } else {
            color.text_soft
        };
        ui.painter().galley_with_override_text_color(place.min, galley, tint);
        if response.clicked() {
            out.push(Command::ToggleUnplacedOnly);
        }
        place
    }

    /// What the present mode's legend explains.
    fn explained<'b>(&'b self, choropleth: &'b Choropleth) -> Option<Explained<'b>> {
        let Self { state, .. } = *self;
        match state.shown_map_mode() {
            MapMode::Areas => Some(Explained::Areas(choropleth)),
            MapMode::Heat => {
                state.heat.as_ref().map(|picture| Explained::Heat(&picture.heat.scale))
            }
            MapMode::Clusters => None,
        }
    }
}

fn laid_out(ui: &mut Ui, place: Rect, layout: Layout, id: &str, add: impl FnOnce(&mut Ui)) -> Rect {
    let builder = UiBuilder::new().max_rect(place).layout(layout).id_salt(id);
    let mut child = ui.new_child(builder);
    child.spacing_mut().item_spacing = vec2(6.0, 6.0);
    add(&mut child);
    child.min_rect()
}

/// The typeface has no house.
fn house(ui: &Ui, center: Pos2, tokens: &Tokens) {
    let unit = tokens.size.body * 0.38;
    let at = |x: f32, y: f32| center + vec2(x, y) * unit;
    let stroke = Stroke::new(1.3, tokens.color.text_soft);
    let walls = [at(-0.75, -0.1), at(-0.75, 0.95), at(0.75, 0.95), at(0.75, -0.1)];
    ui.painter().line(walls.to_vec(), stroke);
    ui.painter().line(vec![at(-1.1, 0.1), at(0.0, -0.95), at(1.1, 0.1)], stroke);
}
