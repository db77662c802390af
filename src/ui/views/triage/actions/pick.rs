//! A list to choose from: type to narrow, arrows, Enter.

use egui::{Key, Rect, Role, ScrollArea, Sense, TextEdit, Ui};

use super::write::too_long_ui;
use crate::domain::name::fold;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::quiet;
use crate::ui::widgets::{Align, Weight, font, paint_line};

/// Height of a line with its note, in rows of a list.
const LINE_SHARE: f32 = 1.35;

/// One choice.
pub(super) struct Item<T> {
    pub(super) label: String,
    /// What stands above it, and what speaks for it.
    pub(super) note: String,
    /// Other words that find it.
    pub(super) words: String,
    pub(super) value: T,
}

impl<T> Item<T> {
    pub(super) fn new(label: impl Into<String>, value: T) -> Self {
        Self { label: label.into(), note: String::new(), words: String::new(), value }
    }

    pub(super) fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// What a list remembers between frames; a new one opens with the next frame.
#[derive(Default)]
pub(super) struct Local {
    pub(super) query: String,
    /// False until its first frame: then it takes the keyboard.
    is_open: bool,
    chosen: usize,
    /// What the choice says: it stays chosen where the list changes under it.
    chosen_label: String,
    /// True once a person has typed or moved: until then Enter takes the first.
    touched: bool,
    offset: f32,
    height: f32,
}

/// Makes a choice of what was typed, where that is one.
type Typed<'a, T> = dyn Fn(&str) -> Option<Item<T>> + 'a;

impl Local {
    /// A list that opens with something typed.
    pub(super) fn typed(query: &str) -> Self {
        Self { query: query.to_owned(), ..Self::default() }
    }
}

/// What a list is of.
pub(super) struct Pick<'a, T> {
    pub(super) items: &'a [Item<T>],
    pub(super) free: Option<&'a Typed<'a, T>>,
    pub(super) hint: &'a str,
    /// False while the order is still being worked out: Enter waits for it.
    pub(super) ready: bool,
}

/// The choice that was made, once.
pub(super) fn pick_ui<T: Clone>(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    pick: &Pick<'_, T>,
) -> Option<T> {
    let field = ui.add_sized(
        [ui.available_width(), tokens.size.row],
        TextEdit::singleline(&mut local.query)
            .hint_text(pick.hint)
            .align(egui::Align2::LEFT_CENTER),
    );
    field.widget_info(|| egui::WidgetInfo::labeled(Role::SearchInput, true, pick.hint));
    if field.changed() {
        (local.chosen, local.touched) = (0, true);
    }
    let (up, down) =
        ui.input(|input| (input.key_pressed(Key::ArrowUp), input.key_pressed(Key::ArrowDown)));
    let enter = enter_pressed(ui);
    if !local.is_open || enter {
        local.is_open = true;
        field.request_focus();
    }
    let typed = pick.free.and_then(|free| free(local.query.trim()));
    let found: Vec<&Item<T>> = matching(pick.items, &local.query).chain(&typed).collect();
    let last = found.len().saturating_sub(1);
    local.chosen = local.chosen.min(last);
    if local.touched && !field.changed() {
        let same = found.iter().position(|item| item.label == local.chosen_label);
        local.chosen = same.unwrap_or(local.chosen);
    }
    if down || up {
        local.touched = true;
        local.chosen =
            if down { (local.chosen + 1).min(last) } else { local.chosen.saturating_sub(1) };
    }
    local.chosen_label = found.get(local.chosen).map_or(String::new(), |item| item.label.clone());
    ui.add_space(4.0);
    if found.is_empty() {
        if !too_long_ui(ui, tokens, text, &local.query) && !local.query.is_empty() {
            quiet(ui, tokens, text.t("pick-nothing"));
        }
        return None;
    }
    let clicked = lines(ui, tokens, local, &found, up || down);
    let accepted = (enter && (pick.ready || local.touched)).then_some(local.chosen);
    let index = clicked.or(accepted)?;
    found.get(index).map(|item| item.value.clone())
}

/// Enter, but not one that is held since the form before.
pub(super) fn enter_pressed(ui: &Ui) -> bool {
    let is_enter = |event: &egui::Event| {
        matches!(
            event,
            egui::Event::Key { key: Key::Enter, pressed: true, repeat: false, modifiers, .. }
                if modifiers.is_none()
        )
    };
    ui.input(|input| input.events.iter().any(is_enter))
}

fn lines<T>(
    ui: &mut Ui,
    tokens: &Tokens,
    local: &mut Local,
    found: &[&Item<T>],
    follow: bool,
) -> Option<usize> {
    let has_notes = found.iter().any(|item| !item.note.is_empty());
    let height = tokens.size.row * if has_notes { LINE_SHARE } else { 0.9 };
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("pick").auto_shrink([false, true]);
    if follow {
        let top = local.chosen as f32 * height;
        let least = top + height - local.height;
        area = area.vertical_scroll_offset(local.offset.clamp(least.min(top), top).max(0.0));
    }
    let mut clicked = None;
    let shown = area.show_rows(ui, height, found.len(), |ui, range| {
        for index in range {
            let Some(item) = found.get(index) else { continue };
            if line_ui(ui, tokens, item, height, index == local.chosen) {
                clicked = Some(index);
            }
        }
    });
    local.offset = shown.state.clamped_offset().y;
    local.height = shown.inner_rect.height();
    clicked
}

/// One line of a list; true where it was clicked.
pub(super) fn line_ui<T>(
    ui: &mut Ui,
    tokens: &Tokens,
    item: &Item<T>,
    height: f32,
    chosen: bool,
) -> bool {
    let (size, color) = (&tokens.size, &tokens.color);
    // Arrows go through the lines; Tab goes past them, to what stands below.
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::CLICK);
    let label = if item.note.is_empty() {
        item.label.clone()
    } else {
        format!("{} · {}", item.label, item.note)
    };
    response.widget_info(|| egui::WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, size.radius_small, color.hover);
    }
    if chosen {
        let edge = Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height()));
        ui.painter().rect_filled(edge, 1.0, color.accent);
    }
    let left = rect.left() + 10.0;
    let room = rect.width() - 16.0;
    let middle = rect.center().y;
    let up = if item.note.is_empty() { 0.0 } else { size.body * 0.6 };
    let ink = color.text_strong;
    let at = egui::pos2(left, middle - up);
    let body = font(size.body, Weight::Regular);
    let shown = paint_line(ui.painter(), at, Align::Left, &item.label, body, ink, room);
    if !item.note.is_empty() {
        let at = egui::pos2(left, middle + size.body * 0.65);
        let small = font(size.note, Weight::Regular);
        paint_line(ui.painter(), at, Align::Left, &item.note, small, color.text_dim, room);
    }
    let cut = shown + 1.0 >= room;
    let clicked = response.clicked();
    if cut {
        response.on_hover_text(label);
    }
    clicked
}

/// Items whose words begin with every typed word, then those that contain them;
/// each in the order given.
pub(super) fn matching<'a, T>(
    items: &'a [Item<T>],
    query: &str,
) -> impl Iterator<Item = &'a Item<T>> {
    let query = fold(query);
    let typed: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
    let rank = |item: &Item<T>| {
        let known = fold(&format!("{} {} {}", item.label, item.note, item.words));
        if typed.iter().all(|word| known.split(' ').any(|have| have.starts_with(word))) {
            Some(0)
        } else {
            typed.iter().all(|word| known.contains(word)).then_some(1)
        }
    };
    let mut found: Vec<(u8, &Item<T>)> = if typed.is_empty() {
        items.iter().map(|item| (0, item)).collect()
    } else {
        items.iter().filter_map(|item| Some((rank(item)?, item))).collect()
    };
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, item)| item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_come_first_and_yo_is_e() {
        let items: Vec<_> = ["Полёты", "Самолеты", "Лед на дороге", "Гололёд"]
            .into_iter()
            .map(|label| Item::new(label, label))
            .collect();
        let found = |query| matching(&items, query).map(|item| item.value).collect::<Vec<_>>();
        assert_eq!(found("лёд"), ["Лед на дороге", "Гололёд"]);
        assert_eq!(found("поле"), ["Полёты"]);
        assert_eq!(found("дор лед"), ["Лед на дороге"]);
        assert_eq!(found("").len(), items.len());
        assert!(found("ямы").is_empty());
    }
}
