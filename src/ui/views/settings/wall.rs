//! The video wall as its plan has it, live: who writes a plan sees what becomes of it.

use std::time::Duration;

use egui::{Rect, RichText, Role, Sense, Ui, UiBuilder, vec2};

use super::choice;
use crate::app::wall::frame::{Viewport, WallFrame};
use crate::app::{Command, State};
use crate::domain::wall_plan::{Occasion, Scene};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{quiet, section};
use crate::ui::wall::{Shown, Turn, WallLocal, scene_ui};
use crate::ui::widgets::{self, Weight, font, heading, segment};

/// Screens that a plan is looked at on: width over height, by the words for it.
const SCREENS: [(&str, f32); 3] =
    [("16:9", 16.0 / 9.0), ("32:9", 32.0 / 9.0), ("9:16", 9.0 / 16.0)];
/// Height of a picture at most, in shares of the width that there is.
const HIGHEST: f32 = 0.62;

#[derive(Default)]
pub(super) struct Local {
    /// Key of the scene.
    scene: Option<Box<str>>,
    /// Position in [`SCREENS`].
    screen: usize,
    wall: WallLocal,
    /// The views that were asked for.
    heat: Option<Viewport>,
    replay: Option<Viewport>,
}

pub(super) fn wall_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let shown = &state.wall_plan;
    let plan = shown.plan.as_ref().unwrap_or(&state.catalogue.wall);
    section(ui, tokens, |ui| {
        heading(ui, tokens, text.t("wall-plan-title"), "");
        let file = shown.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        quiet(ui, tokens, &text.with("wall-plan-note", &[("file", file.into())]));
        if let Some(fault) = &shown.fault {
            let words = text.with("wall-plan-fault", &[("fault", fault.as_str().into())]);
            let body = font(tokens.size.body, Weight::Medium);
            ui.add(
                egui::Label::new(RichText::new(words).font(body).color(tokens.color.alarm)).wrap(),
            );
        }
        let at = local.scene.as_deref().and_then(|key| plan.position(key)).unwrap_or_default();
        choice(ui, tokens, text.t("wall-plan-scene"), |ui| {
            for (index, scene) in plan.scenes().iter().enumerate() {
                if segment(ui, tokens, scene.name.full(text.language), index == at) {
                    local.scene = Some(scene.key.clone());
                }
            }
        });
        choice(ui, tokens, text.t("wall-plan-screen"), |ui| {
            for (index, (name, _)) in SCREENS.iter().enumerate() {
                if segment(ui, tokens, name, index == local.screen) {
                    local.screen = index;
                }
            }
        });
        quiet(ui, tokens, &about(text, &plan.scenes()[at]));
        ui.add_space(tokens.size.gap * 0.5);

        let room = ui.available_width();
        let ratio = SCREENS[local.screen].1;
        let height = (room / ratio).min(room * HIGHEST);
        let size = vec2(height * ratio, height);
        let (place, response) = ui.allocate_exact_size(vec2(room, height), Sense::hover());
        let name = plan.scenes()[at].name.full(text.language);
        widgets::name(&response, Role::Image, name);
        let picture = Rect::from_center_size(place.center(), size);
        if !ui.is_rect_visible(picture) {
            return;
        }
        let mut within = ui.new_child(UiBuilder::new().max_rect(picture).id_salt("wall"));
        within.shrink_clip_rect(picture);
        let frame = WallFrame::build(state);
        let turn = Turn::of(plan, at);
        let tick = Duration::from_secs_f64(ui.input(|input| input.time).max(0.0));
        let shown = Shown { plan, turn, reason: None, tick };
        let drawn = scene_ui(&mut within, picture, shown, &frame, tokens, text, &mut local.wall);
        if std::mem::replace(&mut local.heat, drawn.heat) != drawn.heat {
            out.extend(drawn.heat.map(Command::SetViewport));
        }
        if std::mem::replace(&mut local.replay, drawn.replay) != drawn.replay {
            out.push(Command::WantReplay(drawn.replay));
        }
        if drawn.again < Duration::MAX {
            ui.request_repaint_after(drawn.again);
        }
    });
}

/// «20 с · 08:30–09:00 · прерывает: проблема».
fn about(text: &Text, scene: &Scene) -> String {
    let seconds = [("n", scene.seconds.into())];
    let mut parts = vec![text.with("wall-plan-seconds", &seconds)];
    if let Some(pinned) = &scene.pinned {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        parts.push(format!("{}–{}", clock(pinned.start), clock(pinned.end)));
    }
    let occasion = |occasion: &Occasion| {
        text.t(match occasion {
            Occasion::Problem => "wall-plan-problem",
            Occasion::Surprise => "wall-plan-surprise",
            Occasion::Overdue => "wall-plan-overdue",
        })
    };
    if !scene.occasions.is_empty() {
        let what: Vec<&str> = scene.occasions.iter().map(occasion).collect();
        parts.push(text.with("wall-plan-occasions", &[("what", what.join(", ").into())]));
    }
    parts.join(" · ")
}
