//! All commands by name (Ctrl+K), their shortcuts, and the help that lists them.

use egui::{Key, KeyboardShortcut, Modifiers, Role, ScrollArea, TextEdit};

use super::text::Text;
use super::tokens::Tokens;
use super::views::page::quiet;
use super::widgets::{self, Align, Weight, font, paint_line};
use crate::app::command::{LISTED, Listed};
use crate::app::deeds::{DEEDS, SAVED_KEYS, is_offered, listed};
use crate::app::saved::{self, SavedCommand};
use crate::app::state::View;
use crate::app::{Command, State};

/// Height of the help as a share of the window's: the rest is scrolled to.
const HELP_SHARE: f32 = 0.75;

/// What the palette remembers between frames.
#[derive(Default)]
pub struct Local {
    query: String,
    chosen: usize,
    was_open: bool,
}

/// Palette and help, where they are open.
pub fn palette_ui(
    ctx: &egui::Context,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    if state.palette_open {
        let fresh = !local.was_open;
        if fresh {
            local.query.clear();
            local.chosen = 0;
        }
        window(ctx, "palette", WIDTH, tokens, |ui| {
            palette_body(ui, fresh, state, tokens, text, local, out);
        })
        .then(|| out.push(Command::OpenPalette));
    } else if state.help_open {
        let room = ctx.content_rect().size();
        // Side by side: one column would be higher than a laptop's screen.
        let columns = if room.x > HELP_WIDTH * 3.5 { 3 } else { 2 };
        window(ctx, "help", HELP_WIDTH * columns as f32, tokens, |ui| {
            ui.label(egui::RichText::new(text.t("command-help")).heading());
            ui.add_space(6.0);
            let height = room.y * HELP_SHARE;
            let list = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
            list.show(ui, |ui| {
                let all: Vec<Line> =
                    lines(state, text).filter(|line| line.shortcut.is_some()).collect();
                ui.columns(columns, |columns| {
                    let part = all.len().div_ceil(columns.len()).max(1);
                    for (column, part) in columns.iter_mut().zip(all.chunks(part)) {
                        for one in part {
                            row(column, tokens, one, false);
                        }
                    }
                });
            });
        })
        .then(|| out.push(Command::OpenHelp));
    }
    local.was_open = state.palette_open;
}

const WIDTH: f32 = 460.0;
/// Of a column of the help.
const HELP_WIDTH: f32 = 420.0;
const LIST_HEIGHT: f32 = 420.0;

/// A window over everything; true where it asks to be closed.
fn window(
    ctx: &egui::Context,
    id: &'static str,
    width: f32,
    tokens: &Tokens,
    add: impl FnOnce(&mut egui::Ui),
) -> bool {
    let modal = egui::Modal::new(egui::Id::unique(id))
        .frame(
            egui::Frame::new()
                .fill(tokens.color.panel)
                .stroke(egui::Stroke::new(1.0, tokens.color.line))
                .corner_radius(tokens.size.radius)
                .inner_margin(tokens.size.padding),
        )
        .backdrop_color(tokens.color.canvas.gamma_multiply(0.6));
    let response = modal.show(ctx, |ui| {
        ui.set_width(width);
        add(ui);
    });
    response.should_close()
}

fn palette_body(
    ui: &mut egui::Ui,
    fresh: bool,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let field = ui.add_sized(
        [WIDTH, tokens.size.row + 4.0],
        TextEdit::singleline(&mut local.query)
            .hint_text(text.t("palette-hint"))
            .align(egui::Align2::LEFT_CENTER),
    );
    field
        .widget_info(|| egui::WidgetInfo::labeled(Role::SearchInput, true, text.t("palette-hint")));
    if fresh {
        field.request_focus();
    }
    if field.changed() {
        local.chosen = 0;
    }
    let found = matching(lines(state, text), &local.query);
    let (up, down, enter) = ui.input(|input| {
        (
            input.key_pressed(Key::ArrowUp),
            input.key_pressed(Key::ArrowDown),
            input.key_pressed(Key::Enter),
        )
    });
    if down {
        local.chosen = (local.chosen + 1).min(found.len().saturating_sub(1));
    }
    if up {
        local.chosen = local.chosen.saturating_sub(1);
    }
    ui.add_space(6.0);
    if found.is_empty() {
        quiet(ui, tokens, text.t("pick-nothing"));
    }
    let list = ScrollArea::vertical().max_height(LIST_HEIGHT).min_scrolled_height(LIST_HEIGHT);
    // As high whatever is found: the field stays where it is.
    list.auto_shrink(false).show(ui, |ui| {
        for (index, line) in found.into_iter().enumerate() {
            let is_chosen = index == local.chosen;
            let response = row(ui, tokens, &line, is_chosen);
            if is_chosen && (up || down) {
                response.scroll_to_me(None);
            }
            if response.clicked() || (enter && is_chosen) {
                out.push(Command::OpenPalette);
                out.push(line.command);
            }
        }
    });
}

/// A command as the palette shows it.
struct Line {
    label: String,
    shortcut: Option<&'static str>,
    command: Command,
}

impl Line {
    fn of(listed: &Listed, text: &Text) -> Self {
        let label = text.t(listed.text).to_owned();
        Self { label, shortcut: listed.shortcut, command: (listed.command)() }
    }
}

/// What can be asked for now: the listed commands and the named filters.
fn lines<'a>(state: &'a State, text: &'a Text) -> impl Iterator<Item = Line> + 'a {
    let keys = SAVED_KEYS.iter().copied().map(Some).chain(std::iter::repeat(None));
    let saved = saved::all(state).zip(keys).map(|((at, saved), shortcut)| Line {
        label: text.with("command-saved", &[("name", saved.name.as_str().into())]),
        // Its key is heeded in the queue alone.
        shortcut: shortcut.filter(|_| state.view == View::Triage),
        command: Command::Saved(SavedCommand::Apply(at)),
    });
    listed(state).map(|listed| Line::of(listed, text)).chain(saved)
}

/// Commands whose words contain every word of the query.
fn matching(all: impl Iterator<Item = Line>, query: &str) -> Vec<Line> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    all.filter(|line| {
        let name = line.label.to_lowercase();
        words.iter().all(|word| name.contains(word))
    })
    .collect()
}

fn row(ui: &mut egui::Ui, tokens: &Tokens, line: &Line, chosen: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(
        egui::vec2(ui.available_width(), tokens.size.row - 2.0),
        egui::Sense::click(),
    );
    let label = line.label.as_str();
    response.widget_info(|| egui::WidgetInfo::selected(Role::MenuItem, true, chosen, label));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, tokens.size.radius_small, tokens.color.hover);
    }
    paint_line(
        ui.painter(),
        rect.left_center() + egui::vec2(10.0, 0.0),
        Align::Left,
        label,
        font(tokens.size.body, Weight::Regular),
        tokens.color.text_strong,
        rect.width() - 130.0,
    );
    if let Some(shortcut) = line.shortcut {
        widgets::paint_line(
            ui.painter(),
            rect.right_center() - egui::vec2(10.0, 0.0),
            Align::Right,
            shortcut,
            font(tokens.size.note, Weight::Regular),
            tokens.color.text_dim,
            120.0,
        );
    }
    response
}

/// Turns pressed shortcuts into commands.
pub fn shortcuts(ctx: &egui::Context, state: &State, out: &mut Vec<Command>) {
    if state.view == View::Triage {
        deeds(ctx, state, out);
    }
    let is_typing = ctx.text_edit_focused();
    for listed in LISTED {
        if is_typing && is_of_fields(&(listed.command)()) {
            continue;
        }
        if let Some(shortcut) = listed.shortcut.and_then(parse)
            && ctx.input_mut(|input| input.consume_shortcut(&shortcut))
        {
            out.push((listed.command)());
        }
    }
}

/// True where a field means something of its own by the shortcut: it takes back its
/// letters, and deletes a word or a line.
const fn is_of_fields(command: &Command) -> bool {
    matches!(command, Command::Undo | Command::ClearFilter | Command::ToggleUnplacedOnly)
}

/// Keys of «Разбор»: most of them are plain letters.
fn deeds(ctx: &egui::Context, state: &State, out: &mut Vec<Command>) {
    if is_covered(ctx, state) || state.triage.form.is_some() {
        return;
    }
    for deed in DEEDS.iter().filter(|deed| is_offered(state, deed)) {
        let Some(shortcut) = deed.listed.shortcut.and_then(parse) else { continue };
        let times = pressed(ctx, shortcut, deed.repeats);
        out.extend((0..times).map(|_| (deed.listed.command)()));
    }
    for (key, (at, _)) in SAVED_KEYS.into_iter().zip(saved::all(state)) {
        let Some(shortcut) = parse(key) else { continue };
        if pressed(ctx, shortcut, false) > 0 {
            out.push(Command::Saved(SavedCommand::Apply(at)));
        }
    }
}

/// How often a bare key was pressed and meant the view itself.
pub(super) fn view_key(ctx: &egui::Context, state: &State, key: Key, repeats: bool) -> usize {
    if is_covered(ctx, state) {
        return 0;
    }
    pressed(ctx, KeyboardShortcut::new(Modifiers::NONE, key), repeats)
}

/// Keys mean something else than the view while somebody types or something is
/// open over it.
fn is_covered(ctx: &egui::Context, state: &State) -> bool {
    let is_under = state.palette_open || state.help_open;
    is_under || ctx.text_edit_focused() || egui::Popup::is_any_open(ctx)
}

fn pressed(ctx: &egui::Context, shortcut: KeyboardShortcut, repeats: bool) -> usize {
    // Enter presses what has the focus.
    if shortcut.logical_key == Key::Enter && ctx.memory(|memory| memory.focused().is_some()) {
        return 0;
    }
    ctx.input_mut(|input| presses(input, shortcut, repeats))
}

/// How often exactly this was pressed since the last frame, by the place of the
/// key on the keyboard: under a Russian layout the letter is another one. The
/// presses are used up.
fn presses(input: &mut egui::InputState, shortcut: KeyboardShortcut, repeats: bool) -> usize {
    let mut times = 0;
    input.events.retain(|event| {
        let egui::Event::Key { key, physical_key, pressed: true, repeat, modifiers } = event else {
            return true;
        };
        let is_meant = physical_key.unwrap_or(*key) == shortcut.logical_key
            && modifiers.matches_exact(shortcut.modifiers);
        times += usize::from(is_meant && (repeats || !repeat));
        !is_meant
    });
    times
}

/// «Ctrl+K», «Alt+1», «F5».
fn parse(shortcut: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut key = None;
    for part in shortcut.split('+') {
        match part {
            "Ctrl" => modifiers |= Modifiers::COMMAND,
            "Alt" => modifiers |= Modifiers::ALT,
            "Shift" => modifiers |= Modifiers::SHIFT,
            name => key = Key::from_name(name),
        }
    }
    key.map(|key| KeyboardShortcut::new(modifiers, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn every_listed_shortcut_is_understood() {
        for listed in LISTED.iter().chain(DEEDS.iter().map(|deed| &deed.listed)) {
            if let Some(shortcut) = listed.shortcut {
                assert!(parse(shortcut).is_some(), "{shortcut}");
            }
        }
    }

    #[test]
    fn every_listed_command_has_words() {
        let text = Text::of(Language::Ru);
        for listed in LISTED.iter().chain(DEEDS.iter().map(|deed| &deed.listed)) {
            assert!(text.has(listed.text), "{}", listed.text);
        }
    }

    #[test]
    fn the_palette_finds_by_any_word() {
        let text = Text::of(Language::Ru);
        let all = || LISTED.iter().map(|listed| Line::of(listed, &text));
        let found = matching(all(), "карта теп");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].label, text.t("command-map-heat"));
        assert_eq!(matching(all(), "").len(), LISTED.len());
    }

    #[test]
    fn a_key_counts_by_its_place_and_only_bare() {
        let press = |key, physical_key, repeat, modifiers| egui::Event::Key {
            key,
            physical_key,
            pressed: true,
            repeat,
            modifiers,
        };
        let mut input = egui::InputState::default();
        input.events = vec![
            press(Key::A, None, false, Modifiers::NONE),
            press(Key::Q, Some(Key::A), false, Modifiers::NONE),
            press(Key::A, Some(Key::Q), false, Modifiers::NONE),
            press(Key::A, None, true, Modifiers::NONE),
            press(Key::A, None, false, Modifiers::SHIFT),
        ];
        let shortcut = parse("A").unwrap();
        assert_eq!(presses(&mut input.clone(), shortcut, true), 3);
        assert_eq!(presses(&mut input, shortcut, false), 2);
        assert_eq!(input.events.len(), 2, "what was meant is used up, a held key too");
    }
}
