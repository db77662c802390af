//! «Смена»: taking it, the note for the next one, and the sheet that is handed
//! over.

use egui::{Color32, Rect, RichText, Role, ScrollArea, Sense, TextEdit, Ui};

use super::incidents::details::words;
use super::page::{columns, fact, quiet};
use crate::app::handover::Sheet;
use crate::app::shift::{SheetChoice, ShiftCommand};
use crate::app::{Command, State};
use crate::domain::mask::mask;
use crate::store::Shift;
use crate::ui::format;
use crate::ui::handover::{Line, Part, Parts, Tone, labelled, period};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    self, Align, Weight, empty, font, heading, paint_line, panel_rect, segment, text_button,
};

/// Characters of a note at most.
const NOTE_CHARS: usize = 4_000;
const NOTE_ROWS: usize = 10;
/// A column of the sheet is at least so wide.
const COLUMN_WIDTH: f32 = 310.0;

/// What the view remembers between frames.
#[derive(Default)]
pub struct Local {
    note: String,
    /// Shift that the note is of.
    of: Option<i64>,
}

pub fn shift_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let room = ui.available_rect_before_wrap();
    let [side, sheet] = columns(room, tokens.size.gap, [1.0, 2.4]);
    panel_rect(ui, side, tokens, |ui| {
        ScrollArea::vertical().id_salt("shift").auto_shrink(false).show(ui, |ui| {
            match &state.shift.view.running {
                Some(shift) => running_ui(ui, state, shift, tokens, text, local, out),
                None => between_ui(ui, state, tokens, text, out),
            }
        });
    });
    panel_rect(ui, sheet, tokens, |ui| match state.shift.shown() {
        Some(sheet) => sheet_ui(ui, state, sheet, tokens, text),
        None if state.shift.view.running.is_some() => {
            empty(ui, tokens, text.t("sheet-being-made"), "");
        }
        None => empty(ui, tokens, text.t("sheet-none"), text.t("sheet-none-advice")),
    });
}

/// Nobody has the shift.
fn between_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let (size, color) = (&tokens.size, &tokens.color);
    heading(ui, tokens, text.t("shift-title"), text.t("shift-none"));
    match &state.outbox.officer {
        Some(officer) => {
            fact(ui, tokens, text.t("shift-signed-in"), &officer.office, color.text_strong);
            words(ui, text.t("shift-take-explained"), size.body, Weight::Regular, color.text_soft);
            ui.add_space(size.gap * 0.5);
            command_button(ui, tokens, text, "command-shift-take", "Alt+T", out, || {
                Command::Shift(ShiftCommand::Take)
            });
        }
        None => {
            words(ui, text.t("notice-shift-nobody"), size.body, Weight::Regular, color.text_soft);
        }
    }
    if state.shift.shown().is_some() {
        ui.add_space(size.gap);
        sheet_buttons(ui, tokens, text, out);
    }
}

fn running_ui(
    ui: &mut Ui,
    state: &State,
    shift: &Shift,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let gone = state.now.saturating_sub(shift.began_at.0);
    heading(ui, tokens, text.t("shift-title"), &format::time_left(text, i64::from(gone)));
    fact(ui, tokens, text.t("shift-office"), &shift.office, color.text_strong);
    let began = format::moment(text, shift.began_at.0, state.now);
    fact(ui, tokens, text.t("shift-began"), &began, color.text_strong);
    let signed_in = state.outbox.officer.as_ref();
    if let Some(other) = signed_in.filter(|officer| officer.office != shift.office) {
        let said = text.with("shift-other-office", &[("office", other.office.as_str().into())]);
        words(ui, &said, size.note, Weight::Regular, color.warn);
    }
    ui.add_space(size.gap * 0.5);
    command_button(ui, tokens, text, "command-shift-hand-over", "Alt+S", out, || {
        Command::Shift(ShiftCommand::HandOver)
    });
    ui.add_space(size.gap);
    note_ui(ui, state, shift, tokens, text, local, out);
    ui.add_space(size.gap);
    if state.shift.view.last.is_some() {
        ui.horizontal_wrapped(|ui| {
            for (choice, key) in
                [(SheetChoice::Current, "sheet-current"), (SheetChoice::Last, "sheet-last")]
            {
                if segment(ui, tokens, text.t(key), state.shift.choice == choice) {
                    out.push(Command::Shift(ShiftCommand::Show(choice)));
                }
            }
        });
    }
    sheet_buttons(ui, tokens, text, out);
}

fn sheet_buttons(ui: &mut Ui, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        if text_button(ui, tokens, text.t("command-sheet-copy")).clicked() {
            out.push(Command::CopySheet);
        }
        if text_button(ui, tokens, text.t("command-sheet-save")).clicked() {
            out.push(Command::ExportSheet);
        }
    });
}

fn command_button(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    key: &str,
    shortcut: &str,
    out: &mut Vec<Command>,
    command: impl FnOnce() -> Command,
) {
    if text_button(ui, tokens, &format!("{} · {shortcut}", text.t(key))).clicked() {
        out.push(command());
    }
}

fn note_ui(
    ui: &mut Ui,
    state: &State,
    shift: &Shift,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let label = text.t("shift-note");
    quiet(ui, tokens, label);
    let id = ui.make_persistent_id("shift-note");
    let is_written_in = ui.memory(|memory| memory.has_focus(id));
    if !is_written_in || local.of != Some(shift.num) {
        local.note.clone_from(&state.shift.note);
        local.of = Some(shift.num);
    }
    let field = ui.add(
        TextEdit::multiline(&mut local.note)
            .id(id)
            .hint_text(text.t("shift-note-hint"))
            .char_limit(NOTE_CHARS)
            .desired_rows(NOTE_ROWS)
            .desired_width(f32::INFINITY),
    );
    field.widget_info(|| egui::WidgetInfo::labeled(Role::MultilineTextInput, true, label));
    if field.changed() {
        local.note.retain(|c| c == '\n' || !c.is_control());
        out.push(Command::Shift(ShiftCommand::Note(local.note.clone())));
    }
    if matches!(mask(&local.note), std::borrow::Cow::Owned(_)) {
        let said = text.t("shift-note-personal");
        words(ui, said, tokens.size.note, Weight::Regular, tokens.color.warn);
    }
}

/// The sheet as it would be on paper.
fn sheet_ui(ui: &mut Ui, state: &State, sheet: &Sheet, tokens: &Tokens, text: &Text) {
    heading(ui, tokens, text.t("sheet-title"), &sheet.office);
    let mut under = period(sheet, text);
    if sheet.demo {
        under = format!("{under} · {}", text.t("demo-mark"));
    }
    words(ui, &under, tokens.size.body, Weight::Regular, tokens.color.text_soft);
    ui.add_space(tokens.size.gap);
    let parts = Parts::of(sheet, state, text);
    let Parts { came, done, pressing, problems, waits, note } = &parts;
    let three: [&[&Part]; 3] = [&[came], &[done, waits, note], &[pressing, problems]];
    let two: [&[&Part]; 2] = [&[came, done, waits, note], &[pressing, problems]];
    let one: [&[&Part]; 1] = [&[came, done, pressing, problems, waits, note]];
    let rest = ui.available_rect_before_wrap();
    let gap = tokens.size.gap * 2.0;
    match (rest.width() / COLUMN_WIDTH) as usize {
        0 | 1 => side_by_side(ui, columns(rest, gap, [1.0]), one, tokens),
        2 => side_by_side(ui, columns(rest, gap, [1.0, 1.3]), two, tokens),
        _ => side_by_side(ui, columns(rest, gap, [1.0, 1.0, 1.7]), three, tokens),
    }
}

fn side_by_side<const N: usize>(
    ui: &mut Ui,
    places: [Rect; N],
    parts: [&[&Part]; N],
    tokens: &Tokens,
) {
    for (index, (place, parts)) in places.into_iter().zip(parts).enumerate() {
        let builder = egui::UiBuilder::new().max_rect(place).id_salt(("sheet", index));
        let mut column = ui.new_child(builder);
        column.set_clip_rect(place.intersect(ui.clip_rect()));
        let scroll = ScrollArea::vertical().id_salt(("sheet", index)).auto_shrink(false);
        scroll.show(&mut column, |ui| {
            for part in parts {
                part_ui(ui, part, tokens);
                ui.add_space(tokens.size.gap);
            }
        });
    }
}

fn part_ui(ui: &mut Ui, part: &Part, tokens: &Tokens) {
    let (size, color) = (&tokens.size, &tokens.color);
    heading(ui, tokens, &part.title, &part.note);
    ui.spacing_mut().item_spacing.y = 2.0;
    for line in &part.lines {
        match line {
            Line::Fact { label, value, tone } => {
                let strong = (Weight::Medium, ink(*tone, color.text_strong, tokens));
                line_ui(ui, label, color.text_soft, value, strong, tokens);
            }
            Line::Record { label, value } => {
                let soft = (Weight::Regular, color.text_soft);
                line_ui(ui, label, color.text_strong, value, soft, tokens);
            }
            Line::Sum { label, value, tone } => {
                ui.add_space(size.gap * 0.3);
                sum_ui(ui, label, value, ink(*tone, color.text_strong, tokens), tokens);
            }
            Line::Words(said) => words(ui, said, size.body, Weight::Regular, color.text_strong),
            Line::Quiet(said) => quiet(ui, tokens, said),
        }
    }
}

/// A label that takes the room that its value leaves.
fn line_ui(
    ui: &mut Ui,
    label: &str,
    label_ink: Color32,
    value: &str,
    (value_weight, value_ink): (Weight, Color32),
    tokens: &Tokens,
) {
    let size = &tokens.size;
    let room = egui::vec2(ui.available_width(), size.row * 0.72);
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    widgets::name(&response, Role::Label, &labelled(label, value));
    let painter = ui.painter();
    let (left, right) = (rect.left_center(), rect.right_center());
    let bold = font(size.body, value_weight);
    let half = rect.width() / 2.0;
    let room = rect.width()
        - paint_line(painter, right, Align::Right, value, bold, value_ink, half)
        - size.gap;
    let regular = font(size.body, Weight::Regular);
    let shown = paint_line(painter, left, Align::Left, label, regular, label_ink, room);
    if shown + 1.0 >= room {
        response.on_hover_text(label);
    }
}

fn sum_ui(ui: &mut Ui, label: &str, value: &str, ink: Color32, tokens: &Tokens) {
    let said = labelled(label, value);
    let medium = font(tokens.size.body, Weight::Medium);
    let response = ui.label(RichText::new(&said).font(medium).color(ink));
    widgets::name(&response, Role::Label, &said);
}

fn ink(tone: Tone, plain: Color32, tokens: &Tokens) -> Color32 {
    match tone {
        Tone::Plain => plain,
        Tone::Warn => tokens.color.warn,
        Tone::Alarm => tokens.color.alarm,
    }
}
