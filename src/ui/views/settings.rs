//! «Настройки», and the first connection, which is the same form alone on the
//! screen.

mod desk;
mod alerts;
mod basemap;
mod network;
mod wall;
mod what_if;

use egui::{Color32, Margin, Rect, RichText, Role, ScrollArea, TextEdit, Ui};

use alerts::alerts_ui;
use basemap::basemap_ui;
use desk::desk_ui;
use network::network_ui;
use wall::wall_ui;
use what_if::what_if_ui;

use crate::app::state::{ConnectionTest, Loading};
use crate::app::{Command, State};
use crate::config::Theme;
use crate::domain::{Language, Role as OfficeRole};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{quiet, section};
use crate::ui::widgets::{self, Align, Weight, font, heading, paint_line, segment, text_button};

const FORM_WIDTH: f32 = 600.0;
/// Of the wall's picture where it stands beside the forms: at least, at most.
const WALL_WIDTH: (f32, f32) = (440.0, 1_400.0);
const TEXT_SCALES: [u16; 7] = [80, 90, 100, 115, 130, 160, 200];

/// What is being typed. The token never leaves here but in a command.
#[derive(Default)]
pub struct Local {
    server: String,
    token: String,
    network: network::Local,
    desk: desk::Local,
    wall: wall::Local,
    /// The server that the settings held when `server` was last filled in.
    seen: Option<String>,
}

impl Local {
    fn follow(&mut self, state: &State) {
        if self.seen != state.settings.server {
            self.seen.clone_from(&state.settings.server);
            self.server = state.settings.server.clone().unwrap_or_default();
        }
    }
}

/// True where nothing is here and nobody said where it could come from.
pub fn wants_first_connection(state: &State) -> bool {
    state.settings.server.is_none()
        && state.loading == Loading::Ready
        && !state.aggregating
        && state.aggregates.by_day.is_empty()
}

pub fn settings_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    local.follow(state);
    let gap = tokens.size.gap;
    ScrollArea::vertical().id_salt("settings").auto_shrink(false).show(ui, |ui| {
        let room = ui.available_width() - FORM_WIDTH * 2.0 - gap;
        let (beside, has_wall_beside) = (room >= 0.0, room >= WALL_WIDTH.0 + gap);
        if beside {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                column(ui, FORM_WIDTH, gap, |ui| {
                    connection_ui(ui, state, tokens, text, local, out);
                    desk_ui(ui, state, tokens, text, &mut local.desk, out);
                    what_if_ui(ui, state, tokens, text, out);
                });
                column(ui, FORM_WIDTH, gap, |ui| {
                    look_ui(ui, state, tokens, text, out);
                    alerts_ui(ui, state, tokens, text, out);
                    network_ui(ui, state, tokens, text, &mut local.network, out);
                    if !has_wall_beside {
                        wall_ui(ui, state, tokens, text, &mut local.wall, out);
                    }
                });
                if has_wall_beside {
                    column(ui, WALL_WIDTH.1, gap, |ui| {
                        wall_ui(ui, state, tokens, text, &mut local.wall, out);
                    });
                }
            });
        } else {
            column(ui, FORM_WIDTH, gap, |ui| {
                connection_ui(ui, state, tokens, text, local, out);
                desk_ui(ui, state, tokens, text, &mut local.desk, out);
                look_ui(ui, state, tokens, text, out);
                alerts_ui(ui, state, tokens, text, out);
                network_ui(ui, state, tokens, text, &mut local.network, out);
                what_if_ui(ui, state, tokens, text, out);
                wall_ui(ui, state, tokens, text, &mut local.wall, out);
            });
        }
    });
}

/// The form alone in the middle: what is shown before the first connection.
pub fn first_connection_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    local.follow(state);
    let room = ui.available_rect_before_wrap();
    let width = FORM_WIDTH.min(room.width());
    let top = room.top() + ((room.height() - 430.0) * 0.42).max(0.0);
    let place = Rect::from_min_size(
        egui::pos2(room.center().x - width / 2.0, top),
        egui::vec2(width, room.bottom() - top),
    );
    let mut middle = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt("first"));
    let words = |words: &str, size: f32, weight: Weight, ink| {
        RichText::new(words).font(font(size, weight)).color(ink)
    };
    let (size, color) = (&tokens.size, &tokens.color);
    middle.label(words(text.t("first-title"), size.figure, Weight::Semibold, color.text_strong));
    middle.add_space(4.0);
    let body = size.body + 1.0;
    middle.label(words(text.t("first-sentences"), body, Weight::Regular, color.text_soft));
    middle.add_space(size.gap);
    connection_ui(&mut middle, state, tokens, text, local, out);
    middle.add_space(size.gap);
    middle.label(words(text.t("first-demo"), size.note, Weight::Regular, color.text_dim));
}

fn column(ui: &mut Ui, width: f32, gap: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = gap;
        add(ui);
    });
}

fn connection_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("connection-title"), "");
        let server_hint = text.t("server-hint");
        field(ui, tokens, text.t("server-label"), server_hint, &mut local.server, false);
        field(ui, tokens, text.t("token-label"), text.t("token-hint"), &mut local.token, true);
        quiet(ui, tokens, text.t("token-note"));
        ui.add_space(4.0);
        let complete = !local.server.trim().is_empty() && !local.token.trim().is_empty();
        let running = state.connection_test == ConnectionTest::Running;
        let answer = || (local.server.trim().to_owned(), local.token.trim().to_owned());
        ui.horizontal(|ui| {
            ui.add_enabled_ui(complete && !running, |ui| {
                if text_button(ui, tokens, text.t("connection-test")).clicked() {
                    let (server, token) = answer();
                    out.push(Command::TestConnection { server, token });
                }
                if text_button(ui, tokens, text.t("connection-connect")).clicked() {
                    let (server, token) = answer();
                    out.push(Command::Connect { server, token });
                }
            });
        });
        test_ui(ui, state, tokens, text);
    });
}

/// A label, and under it a line to type in.
fn field(
    ui: &mut Ui,
    tokens: &Tokens,
    label: &str,
    hint: &str,
    value: &mut String,
    is_secret: bool,
) {
    let soft = font(tokens.size.note, Weight::Regular);
    ui.label(RichText::new(label).font(soft).color(tokens.color.text_soft));
    let edit = TextEdit::singleline(value)
        .hint_text(hint)
        .password(is_secret)
        .char_limit(2_000)
        .margin(Margin::symmetric(10, 7))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit);
    let kind = if is_secret { Role::PasswordInput } else { Role::TextInput };
    response.widget_info(|| egui::WidgetInfo::labeled(kind, true, label));
}

/// What the test of the connection found, in one or two lines.
fn test_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let color = &tokens.color;
    let (ink, head, more) = match &state.connection_test {
        ConnectionTest::NotTried => return,
        ConnectionTest::Running => (color.text_dim, text.t("test-running").to_owned(), None),
        ConnectionTest::Passed { region, role, incidents, demo } => {
            let head = text.with("test-passed", &[("region", region.as_str().into())]);
            let mut more = text.with(
                "test-passed-more",
                &[
                    ("role", role_name(state, text, role).into()),
                    ("incidents", format::count(*incidents as i64).into()),
                ],
            );
            if *demo {
                more = format!("{more} · {}", text.t("demo-mark"));
            }
            (color.good, head, Some(more))
        }
        ConnectionTest::Failed { reason, detail } => {
            let key = format!("reason-{reason}");
            if text.has(&key) {
                (color.alarm, text.t(&key).to_owned(), None)
            } else {
                (color.alarm, text.t("test-failed").to_owned(), Some(detail.clone()))
            }
        }
    };
    outcome(ui, tokens, ink, &head);
    if let Some(more) = more {
        quiet(ui, tokens, &more);
    }
}

/// A dot and a sentence: how something that was asked for went.
fn outcome(ui: &mut Ui, tokens: &Tokens, ink: Color32, sentence: &str) {
    ui.add_space(4.0);
    let body = font(tokens.size.body, Weight::Medium);
    let words = RichText::new(sentence).font(body).color(tokens.color.text_strong);
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(egui::vec2(12.0, 18.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.5, ink);
        ui.add(egui::Label::new(words).wrap());
    });
}

/// The name of a role by its key, the key itself where it is not known.
pub fn role_name(state: &State, text: &Text, key: &str) -> String {
    OfficeRole::from_key(key).map_or_else(
        || key.to_owned(),
        |role| state.catalogue.role(role).name.full(text.language).to_owned(),
    )
}

fn look_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let settings = &state.settings;
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("look-title"), "");
        choice(ui, tokens, text.t("theme-label"), |ui| {
            for (theme, key) in [(Theme::Dark, "theme-dark"), (Theme::Light, "theme-light")] {
                if segment(ui, tokens, text.t(key), settings.theme == theme) {
                    out.push(Command::SetTheme(theme));
                }
            }
        });
        choice(ui, tokens, text.t("language-label"), |ui| {
            for (language, name) in [(Language::Ru, "Русский"), (Language::En, "English")] {
                if segment(ui, tokens, name, settings.language == language) {
                    out.push(Command::SetLanguage(language));
                }
            }
        });
        choice(ui, tokens, text.t("scale-label"), |ui| {
            for scale in TEXT_SCALES {
                let label = format!("{scale}\u{202f}%");
                if segment(ui, tokens, &label, settings.text_scale == scale) {
                    out.push(Command::SetTextScale(scale));
                }
            }
        });
        basemap_ui(ui, state, tokens, text, out);
    });
}

/// A label at the left and the choices beside it.
fn choice(ui: &mut Ui, tokens: &Tokens, label: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let size = egui::vec2(112.0, tokens.size.row);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
        widgets::name(&response, Role::Label, label);
        paint_line(
            ui.painter(),
            rect.left_center(),
            Align::Left,
            label,
            font(tokens.size.body, Weight::Regular),
            tokens.color.text_soft,
            rect.width(),
        );
        ui.horizontal_wrapped(add);
    });
}
