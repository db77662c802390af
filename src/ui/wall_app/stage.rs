//! What the windows of a wall show, and what each of them keeps.

use std::collections::VecDeque;
use std::time::Duration;

use egui::{Context, CursorIcon, Key, Ui, ViewportCommand, ViewportId};

use super::monitors::place_to_take;
use crate::app::Command;
use crate::app::clock::{Moment, Ticker};
use crate::app::wall::frame::{Stood, Viewport, WallFrame};
use crate::domain::wall_plan::{Screen, WallPlan};
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::wall::{
    self, Course, CrossFade, Drawn, Monitor, Part, Place, Shown, WallLocal, Window, minute_of_day,
    windows,
};

pub(super) struct Stage {
    ticker: Ticker,
    tokens: Tokens,
    pub(super) text: Text,
    frame: WallFrame,
    pub(super) plan: WallPlan,
    pub(super) course: Course,
    /// As the system lists them.
    pub(super) monitors: Vec<Monitor>,
    /// When the windows were last put onto them, of running.
    arranged: Duration,
    /// There is one at least: the first is the program's own.
    panes: Vec<Pane>,
    /// Scenes of all windows.
    all: Vec<usize>,
    /// The last turns, oldest first.
    lately: VecDeque<Turned>,
    /// How many there were.
    turns: u64,
}

/// A scene that came onto a window.
#[derive(serde::Serialize)]
struct Turned {
    window: usize,
    scene: Box<str>,
    /// The how manyth of those that take turns, from 1, and of how many; zero where it came
    /// out of turn.
    number: u32,
    of: u32,
}

/// Turns that are told.
const LATELY: usize = 16;

/// A window and what it keeps.
struct Pane {
    window: Window,
    local: WallLocal,
    fade: CrossFade,
    /// It was told its monitor since the windows were arranged.
    is_placed: bool,
    /// It was told its place and size since then.
    is_sized: bool,
    /// It was asked to draw and has not yet.
    is_asked: bool,
    /// What it shows.
    scene: Option<usize>,
    /// What it asks for, having been drawn.
    drawn: Option<Drawn>,
}

impl Stage {
    pub(super) fn new(
        (tokens, text): (Tokens, Text),
        frame: WallFrame,
        plan: WallPlan,
        course: Course,
        ticker: Ticker,
    ) -> Self {
        Self {
            ticker,
            tokens,
            text,
            frame,
            plan,
            course,
            // The first look finds them.
            monitors: Vec::new(),
            arranged: Duration::ZERO,
            panes: Vec::new(),
            all: Vec::new(),
            lately: VecDeque::with_capacity(LATELY),
            turns: 0,
        }
    }

    pub(super) fn take_frame(&mut self, frame: WallFrame, tick: Duration) {
        self.frame = frame;
        self.course.look(&self.frame, &self.plan, tick);
    }

    /// Its windows are to be arranged next: it has other positions.
    pub(super) fn take_plan(&mut self, plan: WallPlan, moment: Moment) {
        let shown = self.shown(0, moment).turn.scene;
        self.course.follow(&plan, &self.plan.scenes()[shown].key, moment.tick);
        self.plan = plan;
    }

    /// Puts the windows onto the monitors that there are.
    pub(super) fn arrange(&mut self, screens: &[Screen], tick: Duration) {
        let mut wanted = windows(screens, &self.monitors);
        if wanted.is_empty() {
            let scenes = screens[0].scenes.clone();
            wanted.push(Window { monitor: 0, part: Part::WHOLE, scenes });
        }
        self.all = wanted.iter().flat_map(|window| window.scenes.iter().copied()).collect();
        let mut before = std::mem::take(&mut self.panes).into_iter();
        let pane = |window| {
            let local = before.next().map(|pane| pane.local).unwrap_or_default();
            let [is_placed, is_sized, is_asked] = [false; 3];
            let fade = CrossFade::default();
            Pane { window, local, fade, is_placed, is_sized, is_asked, scene: None, drawn: None }
        };
        self.panes = wanted.into_iter().map(pane).collect();
        self.arranged = tick;
    }

    pub(super) fn windows(&self) -> usize {
        self.panes.len()
    }

    /// The monitor on which window `at` stands, where it is known.
    pub(super) fn monitor_of(&self, at: usize) -> Option<&Monitor> {
        self.monitors.get(self.panes[at].window.monitor)
    }

    /// What is to be computed: for the finest view, whose picture serves all.
    pub(super) fn wanted(&self) -> Vec<Command> {
        let finest = |of: fn(&Drawn) -> Option<Viewport>| {
            let pixels = |view: &Viewport| u64::from(view.width_px) * u64::from(view.height_px);
            let drawn = self.panes.iter().filter_map(|pane| pane.drawn.as_ref());
            drawn.filter_map(of).max_by_key(pixels)
        };
        let heat = finest(|drawn| drawn.heat).map(Command::SetViewport);
        let replay = Command::WantReplay(finest(|drawn| drawn.replay));
        heat.into_iter().chain([replay]).collect()
    }

    /// What window `at` shows.
    pub(super) fn shown(&self, at: usize, moment: Moment) -> Shown<'_> {
        let place = Place { scenes: &self.panes[at].window.scenes, is_first: at == 0 };
        let time = (moment.tick, moment.now);
        let (turn, reason) = self.course.turn(&self.plan, place, &self.all, time);
        Shown { plan: &self.plan, turn, reason, tick: moment.tick }
    }

    /// The first window in which scenes take turns goes to the next one of its list, or to
    /// the one before; the others go on by as much.
    pub(super) fn skip(&mut self, back: bool, moment: Moment) {
        let lists = || self.panes.iter().map(|pane| &pane.window.scenes);
        let minute = minute_of_day(moment.now);
        let turns = |scenes: &&Vec<usize>| self.plan.turns_at(minute, scenes).len() > 1;
        let Some(scenes) = lists().find(turns).or_else(|| lists().next()) else { return };
        self.course.skip(&self.plan, scenes, back, (moment.tick, moment.now));
    }

    /// The scenes of all windows, and where the wall stands.
    pub(super) fn stood(&self, moment: Moment) -> (Vec<usize>, Stood) {
        let scenes = (0..self.windows()).map(|at| self.shown(at, moment).turn.scene).collect();
        (scenes, self.course.stood(&self.plan, moment.tick))
    }

    /// Those of the windows beside the first, as far as they are opened, that are yet to
    /// be asked to draw; asked once until they have: one that nobody sees does not.
    pub(super) fn undrawn(&mut self, opened: usize) -> Vec<usize> {
        let panes = self.panes.iter_mut().enumerate().take(opened).skip(1);
        panes
            .filter_map(|(at, pane)| (!std::mem::replace(&mut pane.is_asked, true)).then_some(at))
            .collect()
    }

    /// Those of the first `opened` windows that are yet to be told their monitors, with
    /// the numbers of those; asked once.
    pub(super) fn unplaced(&mut self, opened: usize) -> Vec<(usize, usize)> {
        let monitors = &self.monitors;
        let place = |(at, pane): (usize, &mut Pane)| {
            let [told, _] = monitors.get(pane.window.monitor)?.numbers;
            let was_placed = std::mem::replace(&mut pane.is_placed, true);
            (!was_placed).then_some((at, told))
        };
        self.panes.iter_mut().take(opened).enumerate().filter_map(place).collect()
    }

    /// A scene stays where it has a place.
    ///
    /// # Errors
    /// The keys that there are, where it is none of them.
    pub(super) fn show(&mut self, key: &str, moment: Moment) -> Result<(), String> {
        let scene = self.plan.position(key).ok_or_else(|| {
            let keys: Vec<&str> = self.plan.scenes().iter().map(|scene| &*scene.key).collect();
            keys.join(", ")
        })?;
        self.course.hold(Some(scene), moment.tick);
        Ok(())
    }

    /// One line of JSON.
    pub(super) fn status(&self, moment: Moment, board_bytes: usize) -> String {
        let window = |at: usize| {
            let Shown { turn, reason, .. } = self.shown(at, moment);
            serde_json::json!({
                "monitor": self.monitor_of(at).and_then(|monitor| monitor.name.as_deref()),
                "scene": &*self.plan.scenes()[turn.scene].key,
                "out_of_turn": turn.of == 0,
                "interrupted": reason.is_some(),
            })
        };
        let windows: Vec<_> = (0..self.windows()).map(window).collect();
        serde_json::json!({
            "windows": windows,
            "turns": self.turns,
            "lately": self.lately,
            "board_bytes": board_bytes,
            "now": moment.now,
            "received": self.frame.total.received,
            "confirmed_at": self.frame.freshness.confirmed_at,
            "missed": self.frame.freshness.missed,
        })
        .to_string()
    }

    /// Draws window `at` and says when it is to be drawn again.
    pub(super) fn draw(&mut self, ui: &mut Ui, at: usize) {
        let moment = self.ticker.moment();
        let ctx = ui.ctx().clone();
        ctx.set_cursor_icon(CursorIcon::None);
        if ctx.input(|input| input.key_pressed(Key::Escape) || input.viewport().close_requested()) {
            ctx.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Close);
        }
        // One that is about to go shows what the last one does: where the first cannot be
        // drawn it stays for a while.
        let at = at.min(self.panes.len() - 1);
        self.panes[at].is_asked = false;
        self.size(&ctx, at, moment.tick);
        let picture = self.panes[at].window.part.picture(ui.max_rect());
        // They are taken out for as long as the rest is looked at.
        let mut local = std::mem::take(&mut self.panes[at].local);
        let mut fade = std::mem::take(&mut self.panes[at].fade);
        let shown = self.shown(at, moment);
        let Shown { turn, reason, tick, .. } = shown;
        let (frame, tokens, text) = (&self.frame, &self.tokens, &self.text);
        let (drawn, again) = fade.paint(ui, (turn.scene, reason), tick, |ui| {
            wall::scene_ui(ui, picture, shown, frame, tokens, text, &mut local)
        });
        let pane = &mut self.panes[at];
        (pane.local, pane.fade) = (local, fade);
        let before = pane.drawn.replace(drawn);
        let is_same = before.is_some_and(|before| Drawn { again: drawn.again, ..before } == drawn);
        if at > 0 && !is_same {
            ctx.request_repaint_of(ViewportId::ROOT);
        }
        if pane.scene.replace(turn.scene) != Some(turn.scene) {
            let scene = self.plan.scenes()[turn.scene].key.clone();
            self.turns += 1;
            if self.lately.len() == LATELY {
                self.lately.pop_front();
            }
            self.lately.push_back(Turned { window: at, scene, number: turn.number, of: turn.of });
        }
        ctx.request_repaint_after(drawn.again.min(again));
    }

    /// Makes a window as large as its monitor where nobody else has.
    fn size(&mut self, ctx: &Context, at: usize, tick: Duration) {
        let Some(monitor) = self.monitor_of(at) else { return };
        if self.panes[at].is_sized {
            return;
        }
        let since = tick.saturating_sub(self.arranged);
        let scale = ctx.pixels_per_point();
        let place = ctx.input(|input| place_to_take(input.viewport(), scale, monitor, since));
        if let Some(rect) = place {
            self.panes[at].is_sized = true;
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(rect.min));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(rect.size()));
        }
    }
}
