//! «Инциденты»: the list of everything that the filter lets through, and one
//! incident beside it.

mod deadlines;
pub(super) mod details;
pub(super) mod table;

use egui::{Key, Rect, Ui};

use super::page::vacant;
use crate::app::state::{Instead, ListOrder};
use crate::app::{Command, State};
use crate::board::filter::Filter;
use crate::board::indicators::Side;
use crate::ui::filter_bar::period_text;
use crate::ui::format;
use crate::ui::freshness;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{empty, heading, panel_rect, segment, text_button};

/// Width of the incident that is open, as a share of the room.
const DETAILS_SHARE: f32 = 0.3;
const DETAILS_MIN: f32 = 380.0;

/// The last one only where there are words to fit.
const ORDERS: [(ListOrder, &str); 4] = [
    (ListOrder::NewestFirst, "order-newest"),
    (ListOrder::OldestFirst, "order-oldest"),
    (ListOrder::DueFirst, "order-due"),
    (ListOrder::BestFirst, "order-best"),
];

/// Where the list stands between frames.
#[derive(Clone, Debug, Default)]
struct Place {
    /// First visible row; a fraction is a row that is partly scrolled away.
    top: f64,
    /// Row under the keyboard.
    chosen: Option<usize>,
    /// Window that was asked for last.
    asked: (usize, usize),
    /// The list is at its start again when these change.
    filter: Filter,
    order: ListOrder,
    begun: Option<String>,
    instead: Option<Instead>,
}

pub fn incidents_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    if vacant(ui, state, tokens, text) {
        return;
    }
    let id = ui.scope_id().with("incidents");
    let mut place: Place = ui.data_mut(|data| data.remove_temp(id)).unwrap_or_default();
    let list = &state.list;
    let is_same = place.filter == state.filter && place.instead == list.instead;
    if !is_same || place.order != list.order || place.begun != list.begun {
        let (filter, begun) = (state.filter.clone(), list.begun.clone());
        let instead = list.instead.clone();
        place = Place { filter, order: list.order, begun, instead, ..Place::default() };
    }
    let rect = ui.available_rect_before_wrap();
    let mut list = rect;
    if let Some(incident) = &state.incident {
        let width = (rect.width() * DETAILS_SHARE).max(DETAILS_MIN).min(rect.width() * 0.6);
        list.set_right(rect.right() - width - tokens.size.gap);
        let side = Rect::from_min_max(egui::pos2(rect.right() - width, rect.top()), rect.max);
        panel_rect(ui, side, tokens, |ui| {
            details::details_ui(ui, state, incident, tokens, text, out);
        });
    }
    panel_rect(ui, list, tokens, |ui| {
        head_ui(ui, state, tokens, text, out);
        let is_coming = state.list.instead != state.list.holds;
        if is_coming || state.list.positions.is_empty() {
            if is_coming {
                empty(ui, tokens, text.t("list-loading"), "");
            } else if state.aggregates.total.received == 0 || state.list.instead.is_some() {
                empty(ui, tokens, text.t("empty-no-match"), text.t("empty-try-clear"));
            } else {
                empty(ui, tokens, text.t("list-loading"), "");
            }
            return;
        }
        table::table_ui(ui, state, tokens, text, &mut place, out);
        keys(ui, state, &mut place, out);
    });
    freshness::veil(ui, rect, state, tokens);
    ui.data_mut(|data| data.insert_temp(id, place));
}

/// What is listed instead of what was received.
fn instead_text(state: &State, text: &Text) -> Option<String> {
    let behind = match state.list.instead.as_ref()? {
        Instead::Behind(behind) => behind,
        Instead::Members(members) => return Some(members.query.clone()),
    };
    let indicator = state.catalogue.indicators.of(behind.measure)?;
    let key = match behind.side {
        Side::Counted => "list-behind-counted",
        Side::Among => "list-behind-among",
    };
    Some(text.with(key, &[("name", indicator.name.full(text.language).into())]))
}

fn head_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let instead = instead_text(state, text);
    let n = match instead {
        Some(_) => state.list.positions.len() as u32,
        None => state.aggregates.total.received,
    };
    let mut note = format!("{} · {}", period_text(state, text), format::n_text(text, n));
    if let Some(instead) = &instead {
        note = format!("{instead} · {note}");
    }
    let room = ui.available_width();
    // Beside the list of one incident there is no room for both in one line.
    let beside = room > 820.0;
    let row = tokens.size.row;
    let (line, _) = ui.allocate_exact_size(
        egui::vec2(room, if beside { row } else { row * 2.0 + 4.0 }),
        egui::Sense::hover(),
    );
    let title = line.with_max_x(if beside { line.right() - 560.0 } else { line.right() });
    let mut left = ui.new_child(egui::UiBuilder::new().max_rect(title).id_salt("title"));
    left.add_space((row - tokens.size.heading * 1.5) / 2.0);
    heading(&mut left, tokens, text.t("nav-incidents"), &note);
    let tools = line.with_min_y(line.bottom() - row);
    let layout = if beside {
        egui::Layout::right_to_left(egui::Align::Center)
    } else {
        egui::Layout::left_to_right(egui::Align::Center)
    };
    let mut right =
        ui.new_child(egui::UiBuilder::new().max_rect(tools).layout(layout).id_salt("tools"));
    right.spacing_mut().item_spacing.x = 6.0;
    let export = |ui: &mut Ui, out: &mut Vec<Command>| {
        if instead.is_some() && text_button(ui, tokens, text.t("list-leave-behind")).clicked() {
            out.push(Command::ListReceived);
        }
        if text_button(ui, tokens, text.t("command-export-list")).clicked() {
            out.push(Command::ExportList);
        }
    };
    let order = |ui: &mut Ui, (order, key): (ListOrder, &str), out: &mut Vec<Command>| {
        if segment(ui, tokens, text.t(key), state.list.order == order) {
            out.push(Command::SortList(order));
        }
    };
    let orders = if state.filter.text.is_some() { &ORDERS[..] } else { &ORDERS[..3] };
    if beside {
        export(&mut right, out);
        right.add_space(8.0);
        for &one in orders.iter().rev() {
            order(&mut right, one, out);
        }
    } else {
        for &one in orders {
            order(&mut right, one, out);
        }
        export(&mut right, out);
    }
}

/// J/K and arrows move, Enter opens, Esc closes; none of them while somebody
/// types.
fn keys(ui: &Ui, state: &State, place: &mut Place, out: &mut Vec<Command>) {
    let typing = ui.memory(|memory| memory.focused().is_some());
    if typing || state.palette_open || state.help_open {
        return;
    }
    let total = state.list.positions.len();
    let page = place.asked.1.saturating_sub(2).max(1) as i64;
    let (step, enter, escape) = ui.input(|input| {
        let pressed = |keys: &[Key]| keys.iter().any(|&key| input.key_pressed(key));
        let step = match () {
            () if input.modifiers.any() => 0,
            () if pressed(&[Key::J, Key::ArrowDown]) => 1,
            () if pressed(&[Key::K, Key::ArrowUp]) => -1,
            () if pressed(&[Key::PageDown]) => page,
            () if pressed(&[Key::PageUp]) => -page,
            () if pressed(&[Key::Home]) => -(total as i64),
            () if pressed(&[Key::End]) => total as i64,
            () => 0,
        };
        (step, pressed(&[Key::Enter]), pressed(&[Key::Escape]))
    });
    if step != 0 {
        let from = place.chosen.map_or(if step > 0 { -1 } else { 1 }, |at| at as i64);
        let chosen = (from + step).clamp(0, total as i64 - 1) as usize;
        place.chosen = Some(chosen);
        place.show(chosen);
        ui.ctx().request_repaint();
    }
    if enter && let Some(row) = place.chosen.and_then(|at| table::loaded(&state.list, at)) {
        out.push(Command::OpenIncident(row.row_id));
    }
    if escape && state.incident.is_some() {
        out.push(Command::CloseIncident);
    }
}

impl Place {
    /// Scrolls as little as makes row `at` whole.
    fn show(&mut self, at: usize) {
        let rows = self.asked.1.saturating_sub(2).max(1) as f64;
        let at = at as f64;
        self.top = self.top.min(at).max(at + 1.0 - rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_row_is_scrolled_to_and_no_further() {
        let mut place = Place { top: 10.0, asked: (10, 12), ..Place::default() };
        place.show(12);
        assert_eq!(place.top, 10.0);
        place.show(4);
        assert_eq!(place.top, 4.0);
        place.show(20);
        assert_eq!(place.top, 11.0);
    }
}
