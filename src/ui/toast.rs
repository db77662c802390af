//! What was done last, at the foot of the window, while it can be undone.

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui};

use super::text::Text;
use super::tokens::Tokens;
use super::widgets::{self, Weight, font};
use crate::app::{Command, State};

/// Of the window's width at most.
const WIDTH_SHARE: f32 = 0.7;

/// Says where it stands.
pub fn toast_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) -> Option<Rect> {
    let offer = state.undo.last()?;
    let (size, color) = (&tokens.size, &tokens.color);
    let event = format!("event-{}", offer.kind.event().key().replace('_', "-"));
    let done = text.with(
        "toast-done",
        &[("what", text.t(&event).into()), ("n", (offer.ids.len() as u32).into())],
    );
    let undo = text.with("toast-undo", &[("secs", offer.secs_left.into())]);
    let medium = font(size.body, Weight::Medium);
    let most = rect.width() * WIDTH_SHARE;
    let right = widgets::line(ui.painter(), &undo, medium, color.accent, most / 2.0);
    let left = widgets::line(
        ui.painter(),
        &done,
        font(size.body, Weight::Regular),
        color.text_strong,
        most - right.size().x,
    );
    let room = egui::vec2(
        left.size().x + right.size().x + size.padding * 3.0,
        left.size().y.max(right.size().y) + size.padding * 1.4,
    );
    let foot = rect.center_bottom() - egui::vec2(0.0, size.gap * 2.0 + room.y / 2.0);
    let place = Rect::from_center_size(foot, room);
    let response = ui.interact(place, ui.scope_id().with("toast"), Sense::click());
    // Without the figure: a screen reader is not told every second.
    widgets::name(&response, Role::Button, &format!("{done} · {}", text.t("command-undo")));
    let fill = if response.hovered() { color.hover } else { color.raised };
    let edge = Stroke::new(1.0, color.accent);
    ui.painter().rect(place, size.radius, fill, edge, StrokeKind::Inside);
    let at = place.left_center() + egui::vec2(size.padding, -left.size().y / 2.0);
    ui.painter().galley(at, left, color.text_strong);
    let at = place.right_center() - egui::vec2(size.padding + right.size().x, right.size().y / 2.0);
    ui.painter().galley(at, right, color.accent);
    if response.clicked() {
        out.push(Command::Undo);
    }
    Some(place)
}
