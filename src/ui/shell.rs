//! What stands around every view: the top bar with the filter, the navigation,
//! the palette, notices.

use egui::{Rect, Role, Sense, Ui};

use super::filter_bar::filter_bar;
use super::text::Text;
use super::tokens::Tokens;
use super::widgets::{self, Align, Weight, font, paint_line};
use super::{freshness, palette, toast, views};
use crate::app::lock::SignInCommand;
use crate::app::state::View;
use crate::app::{Command, State};

/// What the interface itself remembers between frames.
#[derive(Default)]
pub struct Local {
    pub palette: palette::Local,
    pub filter: super::filter_bar::Local,
    pub map: super::map::MapLocal,
    pub settings: views::settings::Local,
    pub triage: views::triage::Local,
    pub outbox: views::outbox::Local,
    pub problems: views::problems::Local,
    pub shift: views::shift::Local,
    pub lock: super::lock::Local,
}

/// Under this width the filter takes a row of its own.
const ONE_ROW: f32 = 1400.0;

/// Turns the shortcuts that were pressed into commands: ahead of [`shell_ui`], so that
/// the frame that hears a key shows what it did.
pub fn shell_keys(ctx: &egui::Context, state: &State, out: &mut Vec<Command>) {
    if state.lock.is_none() {
        palette::shortcuts(ctx, state, out);
    }
}

/// The whole window of the desk.
pub fn shell_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    tell_input(ui, state, out);
    if let Some(lock) = &state.lock {
        return super::lock::lock_ui(ui, state, lock, tokens, text, &mut local.lock, out);
    }
    // What was typed or chosen at a lock that is open is forgotten.
    local.lock = super::lock::Local::default();
    local.triage.listen(ui.ctx(), state);
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, tokens.color.canvas);
    let size = &tokens.size;
    let rows = if rect.width() < ONE_ROW { 2.0 } else { 1.0 };
    let top = Rect::from_min_size(rect.min, egui::vec2(rect.width(), size.top_height * rows));
    let nav = Rect::from_min_max(
        egui::pos2(rect.left(), top.bottom()),
        egui::pos2(rect.left() + size.nav_width + size.gap, rect.bottom()),
    );
    let body = Rect::from_min_max(
        egui::pos2(nav.right(), top.bottom()),
        rect.max - egui::vec2(size.gap, size.gap),
    );
    top_bar(ui, top, state, tokens, text, local, out);
    navigation(ui, nav, state, tokens, text, out);
    let mut content = ui.new_child(egui::UiBuilder::new().max_rect(body).id_salt("content"));
    match state.view {
        View::Situation
        | View::Triage
        | View::Blocks
        | View::Indicators
        | View::Problems
        | View::Incidents
            if views::settings::wants_first_connection(state) =>
        {
            let settings = &mut local.settings;
            views::settings::first_connection_ui(&mut content, state, tokens, text, settings, out);
        }
        View::Situation => {
            views::situation::situation_ui(&mut content, state, tokens, text, &mut local.map, out);
        }
        View::Triage => {
            let super::shell::Local { triage, map, .. } = local;
            views::triage::triage_ui(&mut content, state, tokens, text, triage, map, out);
        }
        View::Blocks => views::blocks::blocks_ui(&mut content, state, tokens, text, out),
        View::Indicators => {
            views::indicators::indicators_ui(&mut content, state, tokens, text, out);
        }
        View::Problems => {
            let super::shell::Local { problems, map, .. } = local;
            views::problems::problems_ui(&mut content, state, tokens, text, problems, map, out);
        }
        View::Incidents => views::incidents::incidents_ui(&mut content, state, tokens, text, out),
        View::Shift => {
            let shift = &mut local.shift;
            views::shift::shift_ui(&mut content, state, tokens, text, shift, out);
        }
        View::Outbox => {
            let outbox = &mut local.outbox;
            views::outbox::outbox_ui(&mut content, state, tokens, text, outbox, out);
        }
        View::Health => views::health::health_ui(&mut content, state, tokens, text, out),
        View::Settings => views::settings::settings_ui(
            &mut content,
            state,
            tokens,
            text,
            &mut local.settings,
            out,
        ),
    }
    let toast = toast::toast_ui(ui, rect, state, tokens, text, out);
    notices(ui, rect, toast, state, tokens, text, out);
    palette::palette_ui(ui.ctx(), state, tokens, text, &mut local.palette, out);
}

/// Tells a desk that locks itself that somebody is there: now and then, not with
/// every event.
fn tell_input(ui: &Ui, state: &State, out: &mut Vec<Command>) {
    const PACE_SECS: u32 = 5;
    let is_wanted = state.settings.lock_after_mins > 0 && state.lock.is_none();
    let is_new = state.now.abs_diff(state.touched_at) >= PACE_SECS;
    if is_wanted && is_new && ui.input(|input| !input.events.is_empty()) {
        out.push(Command::SignIn(SignInCommand::Touched));
    }
}

fn top_bar(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let size = &tokens.size;
    let color = &tokens.color;
    let is_one_row = rect.width() >= ONE_ROW;
    let (rect, second) =
        if is_one_row { (rect, rect) } else { rect.split_top_bottom_at_y(rect.center().y) };
    let middle = rect.center().y;
    let mut x = rect.left() + size.gap + 6.0;
    x += paint_line(
        ui.painter(),
        egui::pos2(x, middle),
        Align::Left,
        text.t("app-name"),
        font(size.heading + 2.0, Weight::Semibold),
        color.text_strong,
        160.0,
    ) + 10.0;
    x += paint_line(
        ui.painter(),
        egui::pos2(x, middle),
        Align::Left,
        text.t("region-name"),
        font(size.heading + 1.0, Weight::Regular),
        color.text_soft,
        190.0,
    ) + 10.0;
    if state.demo {
        x += demo_mark(ui, egui::pos2(x, middle), tokens, text) + 10.0;
    }
    let right = freshness::freshness_ui(ui, rect, state, tokens, text, out);
    let nav_right = rect.left() + size.nav_width + size.gap;
    let bar = if is_one_row {
        rect.with_min_x(x.max(nav_right)).with_max_x(right - 14.0)
    } else {
        second.with_min_x(rect.left() + size.gap).with_max_x(rect.right() - size.gap)
    };
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(bar)
            .layout(egui::Layout::left_to_right(egui::Align::Center))
            .id_salt("filter"),
    );
    child.set_clip_rect(bar);
    filter_bar(&mut child, state, tokens, text, &mut local.filter, out);
}

/// «демонстрация», wherever figures are not real. Returns its width.
fn demo_mark(ui: &mut Ui, at: egui::Pos2, tokens: &Tokens, text: &Text) -> f32 {
    let galley = widgets::line(
        ui.painter(),
        text.t("demo-mark"),
        font(tokens.size.note, Weight::Medium),
        tokens.color.warn,
        140.0,
    );
    let pad = egui::vec2(7.0, 3.0);
    let rect = Rect::from_min_size(
        egui::pos2(at.x, at.y - galley.size().y / 2.0 - pad.y),
        galley.size() + pad * 2.0,
    );
    ui.painter().rect_stroke(
        rect,
        4.0,
        egui::Stroke::new(1.0, tokens.color.warn),
        egui::StrokeKind::Inside,
    );
    ui.painter().galley(rect.min + pad, galley, tokens.color.warn);
    rect.width()
}

const NAVIGATION: [(View, &str); 6] = [
    (View::Situation, "nav-situation"),
    (View::Triage, "nav-triage"),
    (View::Blocks, "nav-blocks"),
    (View::Indicators, "nav-indicators"),
    (View::Problems, "nav-problems"),
    (View::Incidents, "nav-incidents"),
];

const NAVIGATION_FOOT: [(View, &str); 4] = [
    (View::Shift, "nav-shift"),
    (View::Outbox, "nav-outbox"),
    (View::Health, "nav-health"),
    (View::Settings, "nav-settings"),
];

fn navigation(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let row = tokens.size.row + 8.0;
    let item = |index: f32, from: f32| {
        Rect::from_min_size(
            egui::pos2(rect.left() + tokens.size.gap, from + index * row),
            egui::vec2(tokens.size.nav_width - tokens.size.gap, row - 6.0),
        )
    };
    let foot_top = rect.bottom() - tokens.size.gap - row * NAVIGATION_FOOT.len() as f32;
    for (index, (view, key)) in NAVIGATION.into_iter().enumerate() {
        let place = item(index as f32, rect.top() + 2.0);
        nav_item(ui, place, text.t(key), state.view == view, tokens)
            .then(|| out.push(Command::Show(view)));
    }
    for (index, (view, key)) in NAVIGATION_FOOT.into_iter().enumerate() {
        let place = item(index as f32, foot_top);
        nav_item(ui, place, text.t(key), state.view == view, tokens)
            .then(|| out.push(Command::Show(view)));
    }
}

fn nav_item(ui: &mut Ui, rect: Rect, label: &str, chosen: bool, tokens: &Tokens) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("nav", label)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, chosen, label));
    let color = &tokens.color;
    if chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, tokens.size.radius_small, color.raised);
    }
    if chosen {
        let edge = Rect::from_min_size(rect.min, egui::vec2(2.5, rect.height()));
        ui.painter().rect_filled(edge, 1.0, color.accent);
    }
    paint_line(
        ui.painter(),
        rect.left_center() + egui::vec2(14.0, 0.0),
        Align::Left,
        label,
        font(tokens.size.body, if chosen { Weight::Medium } else { Weight::Regular }),
        if chosen { color.text_strong } else { color.text_soft },
        rect.width() - 20.0,
    );
    response.clicked()
}

/// Sentences for the person, at the foot of the window until dismissed; above what
/// can be undone where both do not fit beside each other.
fn notices(
    ui: &mut Ui,
    rect: Rect,
    toast: Option<Rect>,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    const WIDTH: f32 = 480.0;
    let left = rect.right() - WIDTH;
    let foot =
        toast.filter(|toast| toast.right() > left).map_or(rect.bottom(), |toast| toast.top());
    let mut bottom = foot - tokens.size.gap * 2.0;
    for notice in state.notices.iter().rev().take(4) {
        let shown = text.with(notice.text, &[("detail", notice.detail.as_str().into())]);
        let galley = ui.painter().layout(
            shown.clone(),
            font(tokens.size.body, Weight::Regular),
            tokens.color.text_strong,
            420.0,
        );
        let height = galley.size().y + tokens.size.padding * 1.6;
        let place = Rect::from_min_max(
            egui::pos2(left, bottom - height),
            egui::pos2(rect.right() - tokens.size.gap * 2.0, bottom),
        );
        let response =
            ui.interact(place, ui.scope_id().with(("notice", notice.id)), Sense::click());
        widgets::name(&response, Role::Button, &shown);
        ui.painter().rect(
            place,
            tokens.size.radius,
            tokens.color.raised,
            egui::Stroke::new(
                1.0,
                if notice.is_error { tokens.color.alarm } else { tokens.color.line },
            ),
            egui::StrokeKind::Inside,
        );
        ui.painter().galley(
            place.left_top() + egui::vec2(tokens.size.padding, tokens.size.padding * 0.8),
            galley,
            tokens.color.text_strong,
        );
        if response.clicked() {
            out.push(Command::DismissNotice(notice.id));
        }
        bottom -= height + tokens.size.gap;
    }
}
