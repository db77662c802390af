//! Above the queue: what was made here and has no number yet. Only the server gives
//! one, and until a pull has brought it nothing but the outbox knows the incident.

use egui::{Role, Sense, Ui, WidgetInfo};

use super::card::{action_key, state_key};
use crate::app::outbox_view::OutboxEntry;
use crate::app::state::View;
use crate::app::{Command, State};
use crate::board::queue::Section;
use crate::domain::{Action, CommandKind};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{hairline, paint_two_lines};

/// Height of a row in rows of a list, as in the queue below.
const ROW_SHARE: f32 = 1.6;
/// Rows at most; the others are in the outbox.
const MOST: usize = 2;

/// The newest first, each a way to the outbox. Nothing where there is none.
pub(super) fn unsent_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    if !matches!(state.triage.section, Section::New | Section::Mine | Section::All) {
        return;
    }
    let count = state.outbox.unnumbered().count();
    if count == 0 {
        return;
    }
    quiet(ui, tokens, &text.with("queue-unnumbered", &[("n", (count as u32).into())]));
    for entry in state.outbox.unnumbered().rev().take(MOST) {
        let size = egui::vec2(ui.available_width(), tokens.size.row * ROW_SHARE);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let title = title(entry, text);
        let when = format::moment(text, entry.at.0, state.now);
        let note = format!("{when} · {}", text.t(state_key(entry)));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{title} {note}")));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, tokens.size.radius_small, tokens.color.raised);
        }
        let at = rect.left_center() + egui::vec2(10.0, 0.0);
        let ink = tokens.color.text_dim;
        paint_two_lines(ui.painter(), tokens, at, [&title, &note], ink, rect.width() - 18.0);
        hairline(ui, tokens, rect, rect.bottom() - 0.5);
        if response.clicked() {
            out.push(Command::Show(View::Outbox));
        }
    }
    ui.add_space(tokens.size.gap * 0.6);
}

/// What it is about, in the officer's words.
fn title(entry: &OutboxEntry, text: &Text) -> String {
    if let Action::Create(new) = &entry.action {
        return new.summary.clone();
    }
    let from = entry.incident.as_deref().unwrap_or("–");
    format!("{} · {from}", text.t(&action_key(CommandKind::Split)))
}
