//! Scenes by name, drawn into a picture.

use std::str::FromStr;
use std::time::Duration;

use image::RgbaImage;

use super::render::{Offscreen, RenderError};
use super::shell::{Local, shell_ui};
use super::text::Text;
use super::tokens::Tokens;
use super::wall::{self, Shown, Turn, WallLocal};
use crate::app::clock::Moment;
use crate::app::indicators::{IndicatorsCommand, Page};
use crate::app::state::View;
use crate::app::wall::frame::WallFrame;
use crate::app::{Command, Desk};
use crate::config::Settings;
use crate::domain::Catalogue;
use crate::domain::wall_plan::WallPlan;

/// What can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scene {
    Desk(View),
    /// A page of «Показатели».
    Page(Page),
    /// Of the wall, by its key in the plan.
    Wall(String),
}

const SCENES: [(&str, Scene); 14] = [
    ("map", Scene::Desk(View::Situation)),
    ("triage", Scene::Desk(View::Triage)),
    ("blocks", Scene::Desk(View::Blocks)),
    ("kpi", Scene::Desk(View::Indicators)),
    ("indicators", Scene::Page(Page::Figures)),
    ("scorecards", Scene::Page(Page::Scorecards)),
    ("forecast", Scene::Page(Page::Forecast)),
    ("digest", Scene::Page(Page::Digest)),
    ("problems", Scene::Desk(View::Problems)),
    ("incidents", Scene::Desk(View::Incidents)),
    ("shift", Scene::Desk(View::Shift)),
    ("outbox", Scene::Desk(View::Outbox)),
    ("health", Scene::Desk(View::Health)),
    ("settings", Scene::Desk(View::Settings)),
];

/// Scenes of the wall are named by this and their key.
const WALL: &str = "wall-";

impl FromStr for Scene {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An office may have a plan of its own: which keys there are is known later.
        if let Some(key) = text.strip_prefix(WALL) {
            return Ok(Self::Wall(key.to_owned()));
        }
        let known = SCENES.iter().find(|(name, _)| *name == text);
        known.map(|(_, scene)| scene.clone()).ok_or_else(|| names(&Catalogue::embedded().wall))
    }
}

fn names(plan: &WallPlan) -> String {
    let names = SCENES.iter().map(|(name, _)| (*name).to_owned());
    let of_wall = plan.scenes().iter().map(|scene| format!("{WALL}{}", scene.key));
    format!("the scenes are {}", names.chain(of_wall).collect::<Vec<_>>().join(", "))
}

impl Scene {
    /// How long a scene of the wall stands; another one does not move.
    pub fn seconds(&self, plan: &WallPlan) -> u64 {
        let Self::Wall(key) = self else { return 0 };
        plan.position(key).map_or(0, |at| plan.scenes()[at].seconds.into())
    }

    /// Refuses a scene of the wall that the plan does not have, and names those there are.
    pub fn check(&self, plan: &WallPlan) -> Result<(), String> {
        match self {
            Self::Wall(key) if plan.position(key).is_none() => Err(names(plan)),
            _ => Ok(()),
        }
    }
}

/// Frames without anything new before a picture is taken: what a frame asks of
/// the workers (the map's view, the rows of a list) is known only after it.
const STILL_FRAMES: u32 = 3;

/// The height that a window of 100 % text scale is designed for, in points.
const DESIGN_HEIGHT: f32 = 1080.0;

/// Draws a scene of a desk until it has settled.
pub struct SceneRenderer {
    scene: Scene,
    offscreen: Offscreen,
    tokens: Tokens,
    text: Text,
    local: Local,
    wall: WallLocal,
    still_frames: u32,
    /// Of a scene that moves.
    tick: Duration,
}

impl SceneRenderer {
    /// `width` × `height` in pixels. The desk keeps its proportions: a picture
    /// twice as high is drawn twice as fine.
    pub fn new(
        scene: Scene,
        width: u32,
        height: u32,
        settings: &Settings,
    ) -> Result<Self, RenderError> {
        let tokens = Tokens::of(settings.theme);
        let scale = match &scene {
            Scene::Desk(_) | Scene::Page(_) => (height as f32 / DESIGN_HEIGHT).max(1.0),
            Scene::Wall(_) => 1.0,
        } * f32::from(settings.text_scale)
            / 100.0;
        Ok(Self {
            scene,
            offscreen: Offscreen::new(width, height, scale, &tokens)?,
            tokens,
            text: Text::of(settings.language),
            local: Local::default(),
            wall: WallLocal::default(),
            still_frames: 0,
            tick: Duration::ZERO,
        })
    }

    /// What moves stands where it has come after `tick`.
    pub fn go_to(&mut self, tick: Duration) {
        self.tick = tick;
        self.still_frames = STILL_FRAMES - 1;
    }

    /// One frame; the picture once everything asked for has been answered.
    pub fn advance(
        &mut self,
        desk: &mut Desk,
        moment: Moment,
    ) -> Result<Option<RgbaImage>, RenderError> {
        match &self.scene {
            Scene::Desk(view) => show(desk, *view),
            Scene::Wall(_) => {
                show(desk, View::Situation);
                desk.apply(Command::ServeWall);
            }
            Scene::Page(page) => {
                desk.apply(Command::Indicators(IndicatorsCommand::Show(*page)));
            }
        }
        desk.poll(moment);
        let mut out = Vec::new();
        let state = desk.state();
        let output = match &self.scene {
            Scene::Desk(_) | Scene::Page(_) => {
                let (tokens, text, local) = (&self.tokens, &self.text, &mut self.local);
                self.offscreen.frame(0.25, |ui| shell_ui(ui, state, tokens, text, local, &mut out))
            }
            Scene::Wall(key) => {
                let frame = WallFrame::build(state);
                let plan = &frame.catalogue.wall;
                let turn = Turn::of(plan, plan.position(key).unwrap_or_default());
                let shown = Shown { plan, turn, reason: None, tick: self.tick };
                let (tokens, text, local) = (&self.tokens, &self.text, &mut self.wall);
                let mut drawn = None;
                let output = self.offscreen.frame(0.25, |ui| {
                    let picture = ui.max_rect();
                    drawn = Some(wall::scene_ui(ui, picture, shown, &frame, tokens, text, local));
                });
                let (heat, replay) = drawn.map_or((None, None), |drawn| (drawn.heat, drawn.replay));
                out.extend(heat.map(Command::SetViewport));
                out.push(Command::WantReplay(replay));
                output
            }
        };
        for command in out {
            desk.apply(command);
        }
        desk.poll(moment);
        self.still_frames = if desk.is_settled() { self.still_frames + 1 } else { 0 };
        if self.still_frames < STILL_FRAMES {
            return Ok(None);
        }
        self.offscreen.paint(output).map(Some)
    }
}

fn show(desk: &mut Desk, view: View) {
    if desk.state().view != view {
        desk.apply(Command::Show(view));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_have_names_and_a_wrong_one_lists_them() {
        assert_eq!("map".parse(), Ok(Scene::Desk(View::Situation)));
        let of_wall: Scene = "wall-kpi".parse().unwrap();
        assert_eq!(of_wall, Scene::Wall("kpi".to_owned()));
        let plan = &Catalogue::embedded().wall;
        assert_eq!(of_wall.check(plan), Ok(()));
        let unknown = Scene::Wall("kpj".to_owned()).check(plan).unwrap_err();
        assert!(unknown.contains("wall-kpi"), "{unknown}");
        assert!("mop".parse::<Scene>().unwrap_err().contains("wall-blocks"));
    }
}
