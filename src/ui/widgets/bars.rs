//! A list of named bars: who has how many.

use egui::{Color32, Rect, Role, Sense, Ui};

use super::{Align, Weight, font, paint_line, width_of};
use crate::ui::tokens::Tokens;

/// One row of [`bar_list`].
pub struct Bar {
    pub name: String,
    pub value: f64,
    /// The value as it is written.
    pub shown: String,
    pub note: String,
    pub color: Color32,
    pub chosen: bool,
}

/// Room that the longest of these texts asks for.
fn widest<'a>(ui: &Ui, size: f32, texts: impl Iterator<Item = &'a str>) -> f32 {
    let width = |text| width_of(ui.painter(), text, size, Weight::Regular);
    texts.map(width).fold(0.0, f32::max)
}

/// Draws the rows with bars from a common zero; returns the index that was
/// clicked.
pub fn bar_list(ui: &mut Ui, tokens: &Tokens, salt: &str, bars: &[Bar]) -> Option<usize> {
    let size = &tokens.size;
    let color = &tokens.color;
    let width = ui.available_width();
    let shown_width = (width * 0.16).clamp(56.0, 96.0);
    // A note that would be cut says nothing: it is then left to the tooltip.
    let notes = widest(ui, size.note, bars.iter().map(|bar| bar.note.as_str()));
    let note_width = if notes > 0.0 && notes < width * 0.4 { notes + 12.0 } else { 0.0 };
    let names = widest(ui, size.body, bars.iter().map(|bar| bar.name.as_str()));
    let name_width = (names + 14.0).min((width - shown_width - note_width) * 0.75).max(width * 0.2);
    // Names get a little smaller, all alike, before the longest is cut.
    let name_size = size.body * ((name_width - 8.0) / names.max(1.0)).clamp(0.84, 1.0);
    let top = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let mut clicked = None;
    for (index, bar) in bars.iter().enumerate() {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(width, size.row * 0.86), Sense::hover());
        let response = ui.interact(rect, ui.scope_id().with((salt, index)), Sense::click());
        response.widget_info(|| {
            let label = format!("{}: {} {}", bar.name, bar.shown, bar.note);
            egui::WidgetInfo::selected(Role::Button, true, bar.chosen, label)
        });
        let painter = ui.painter();
        if response.hovered() || bar.chosen {
            painter.rect_filled(
                rect.expand2(egui::vec2(6.0, 0.0)),
                size.radius_small,
                color.raised,
            );
        }
        if response.has_focus() || bar.chosen {
            let edge = Rect::from_min_size(
                rect.left_top() - egui::vec2(6.0, 0.0),
                egui::vec2(2.0, rect.height()),
            );
            painter.rect_filled(edge, 1.0, color.accent);
        }
        paint_line(
            painter,
            rect.left_center(),
            Align::Left,
            &bar.name,
            font(name_size, Weight::Regular),
            color.text_strong,
            name_width - 7.0,
        );
        let track = Rect::from_min_max(
            egui::pos2(rect.left() + name_width, rect.center().y - 4.0),
            egui::pos2(rect.right() - shown_width - note_width, rect.center().y + 4.0),
        );
        if top > 0.0 && track.width() > 4.0 {
            let mut filled = track;
            filled.set_width(((bar.value / top) as f32 * track.width()).max(if bar.value > 0.0 {
                2.0
            } else {
                0.0
            }));
            painter.rect_filled(filled, 2.0, bar.color);
        }
        paint_line(
            painter,
            egui::pos2(rect.right() - note_width, rect.center().y),
            Align::Right,
            &bar.shown,
            font(size.body, Weight::Medium),
            color.text_strong,
            shown_width - 8.0,
        );
        if note_width > 0.0 {
            paint_line(
                painter,
                rect.right_center(),
                Align::Right,
                &bar.note,
                font(size.note, Weight::Regular),
                color.text_dim,
                note_width - 8.0,
            );
        }
        if response.clicked() {
            clicked = Some(index);
        }
    }
    clicked
}
