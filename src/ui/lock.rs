//! A locked desk: the time, how it stands with the server, and a field for a PIN
//! or a token. Nothing of the queue, no record, no words of anybody.

use egui::text_edit::TextEditState;
use egui::{Key, Margin, Modifiers, Rect, RichText, Role, TextEdit, Ui};

use super::text::Text;
use super::tokens::Tokens;
use super::views::settings::role_name;
use super::widgets::{Align, Weight, font, name, paint_line, segment, text_button};
use super::{format, freshness};
use crate::app::lock::{Lock, OfficeHere, SignInCommand};
use crate::app::{Command, State};

const WIDTH: f32 = 420.0;
/// The clock is so much larger than a figure.
const CLOCK: f32 = 3.0;

/// What is being typed; it never leaves here but in a command.
#[derive(Default)]
pub struct Local {
    secret: String,
    /// Office that is to be opened, once a person has chosen another.
    chosen: Option<String>,
    /// Refusals that the field has been emptied for.
    refusals: u32,
}

pub fn lock_ui(
    ui: &mut Ui,
    state: &State,
    lock: &Lock,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let (size, color) = (&tokens.size, &tokens.color);
    let room = ui.max_rect();
    ui.painter().rect_filled(room, 0.0, color.canvas);
    let width = WIDTH.min(room.width() - size.gap * 2.0);
    let place = Rect::from_min_max(
        egui::pos2(room.center().x - width / 2.0, room.top() + room.height() * 0.16),
        egui::pos2(room.center().x + width / 2.0, room.bottom() - size.gap),
    );
    let mut middle = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt("lock"));
    let ui = &mut middle;
    let local_time = format::local(state.now);
    let date = format::day_month(text, local_time.date());
    line(ui, &format::time(state.now), size.figure * CLOCK, Weight::Semibold, color.text_strong);
    let day = format!("{}, {date}", format::weekday(text, local_time.date()));
    line(ui, &day, size.heading + 2.0, Weight::Regular, color.text_soft);
    ui.add_space(size.gap * 2.0);
    line(ui, text.t("lock-title"), size.heading, Weight::Medium, color.text_strong);
    ui.add_space(size.gap * 0.5);
    let chosen = choose(ui, state, lock, tokens, text, local);
    ui.add_space(size.gap * 0.5);
    secret_ui(ui, lock, &chosen, tokens, text, local, out);
    ui.add_space(size.gap * 2.0);
    if state.demo {
        line(ui, text.t("demo-mark"), size.body, Weight::Medium, color.warn);
    }
    let (_, connection) = freshness::connection(state, tokens, text);
    line(ui, &connection, size.body, Weight::Regular, color.text_soft);
    let n = state.outbox.waiting();
    let unsent = text.with("lock-unsent", &[("n", format::count(n as i64).into())]);
    let ink = if n > 0 { color.warn } else { color.text_dim };
    line(ui, &unsent, size.body, Weight::Regular, ink);
}

/// A line in the middle.
fn line(ui: &mut Ui, words: &str, size: f32, weight: Weight, ink: egui::Color32) {
    let room = egui::vec2(ui.available_width(), size * 1.5);
    let (rect, response) = ui.allocate_exact_size(room, egui::Sense::hover());
    name(&response, Role::Label, words);
    let font = font(size, weight);
    paint_line(ui.painter(), rect.center(), Align::Center, words, font, ink, rect.width());
}

/// The offices of this desk; arrows go through them. Returns the chosen one.
fn choose(
    ui: &mut Ui,
    state: &State,
    lock: &Lock,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
) -> String {
    let offices = &state.offices;
    let wanted = local.chosen.as_ref().unwrap_or(&lock.offered);
    let mut at = offices.iter().position(|it| it.officer.office == *wanted).unwrap_or(0);
    let (up, down) = ui.input_mut(|input| {
        [Key::ArrowUp, Key::ArrowDown]
            .map(|key| input.count_and_consume_key(Modifiers::NONE, key))
            .into()
    });
    let last = offices.len().saturating_sub(1);
    let before = at;
    at = (at + down).min(last).saturating_sub(up);
    for (index, office) in offices.iter().enumerate() {
        ui.vertical_centered(|ui| {
            if segment(ui, tokens, &label(state, text, office), index == at) {
                at = index;
            }
        });
    }
    let Some(office) = offices.get(at) else { return lock.offered.clone() };
    if at != before {
        local.chosen = Some(office.officer.office.clone());
        local.secret.clear();
    }
    office.officer.office.clone()
}

/// The office, or its role where the server gives it no name.
pub(super) fn label(state: &State, text: &Text, office: &OfficeHere) -> String {
    match office.officer.office.as_str() {
        "" => role_name(state, text, &office.officer.role),
        name => name.to_owned(),
    }
}

fn secret_ui(
    ui: &mut Ui,
    lock: &Lock,
    chosen: &str,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let id = egui::Id::unique("lock-secret");
    if local.refusals != lock.refusals {
        local.refusals = lock.refusals;
        local.secret.clear();
    }
    // A field remembers what stood in it: Ctrl+Z must not bring a secret back.
    if local.secret.is_empty() {
        TextEditState::default().store(ui.ctx(), id);
    }
    let field = ui.add_enabled(
        !lock.is_trying,
        TextEdit::singleline(&mut local.secret)
            .id(id)
            .hint_text(text.t("lock-secret"))
            .password(true)
            .char_limit(2_000)
            .margin(Margin::symmetric(10, 7))
            .desired_width(f32::INFINITY),
    );
    let label = text.t("lock-secret");
    field.widget_info(|| egui::WidgetInfo::labeled(Role::PasswordInput, true, label));
    let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    // The only thing to type here.
    if !lock.is_trying && !field.has_focus() {
        field.request_focus();
    }
    let can_open = !lock.is_trying && !local.secret.trim().is_empty();
    let pressed = ui
        .vertical_centered(|ui| {
            ui.add_enabled_ui(can_open, |ui| text_button(ui, tokens, text.t("lock-open")).clicked())
                .inner
        })
        .inner;
    if can_open && (enter || pressed) {
        out.push(Command::SignIn(SignInCommand::Open {
            office: chosen.to_owned(),
            secret: std::mem::take(&mut local.secret),
        }));
    }
    let (said, ink) = match lock.fault {
        _ if lock.is_trying => (text.t("lock-trying"), tokens.color.text_soft),
        Some(fault) => (text.t(fault), tokens.color.alarm),
        None => (text.t("lock-hint"), tokens.color.text_dim),
    };
    let small = font(tokens.size.note, Weight::Regular);
    ui.vertical_centered(|ui| ui.label(RichText::new(said).font(small).color(ink)));
}
