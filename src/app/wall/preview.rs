//! The plan of the wall as somebody is writing it, for who looks at it at the desk.

use std::path::PathBuf;
use std::task::Waker;

use super::super::desk::Desk;
use super::super::state::{View, Viewport};
use super::plan_watch::PlanWatch;
use crate::config::own_data::WALL_PLAN;
use crate::domain::wall_plan::WallPlan;

/// What the desk knows of the wall's plan.
#[derive(Clone, Debug, Default)]
pub struct PlanShown {
    /// Where a plan of the office's own stands or would stand.
    pub file: Option<PathBuf>,
    /// Another one than that of the start.
    pub plan: Option<WallPlan>,
    /// Why the file is not used.
    pub fault: Option<String>,
}

/// Follows the file while it is looked at.
#[derive(Debug)]
pub(in super::super) struct PlanPreview {
    folder: Option<PathBuf>,
    waker: Waker,
    watch: Option<PlanWatch>,
    /// For which its heat is wanted.
    pub(in super::super) heat: Viewport,
    /// For which its last days are wanted.
    pub(in super::super) replay: Option<Viewport>,
}

impl PlanPreview {
    pub(in super::super) fn new(folder: Option<PathBuf>, waker: Waker) -> Self {
        Self { folder, waker, watch: None, heat: Viewport::default(), replay: None }
    }
}

impl Desk {
    /// The view for which heat is wanted: the settings show the wall.
    pub(in super::super) fn heat_view(&mut self) -> &mut Viewport {
        match self.state.view {
            View::Settings => &mut self.preview.heat,
            _ => &mut self.viewport,
        }
    }

    /// The same for the last days.
    pub(in super::super) fn replay_view(&mut self) -> &mut Option<Viewport> {
        match self.state.view {
            View::Settings => &mut self.preview.replay,
            _ => self.replays.wanted(),
        }
    }

    /// Takes what became of the file. True where something on the screen has changed.
    pub(in super::super) fn follow_plan(&mut self) -> bool {
        if self.state.view != View::Settings {
            self.preview.watch = None;
            // The next look tells it again, if it is still so.
            self.state.wall_plan.fault = None;
            return false;
        }
        let Some(folder) = &self.preview.folder else { return false };
        if self.preview.watch.is_none() {
            let shown = &mut self.state.wall_plan;
            shown.file = Some(folder.join(WALL_PLAN));
            let plan = shown.plan.clone().unwrap_or_else(|| self.state.catalogue.wall.clone());
            let started = PlanWatch::start(folder.clone(), plan, self.preview.waker.clone());
            self.preview.watch = started
                .inspect_err(|error| tracing::error!(%error, "the plan is not watched"))
                .ok();
        }
        let shown = &mut self.state.wall_plan;
        let mut changed = false;
        for look in self.preview.watch.iter().flat_map(PlanWatch::take) {
            match look {
                Ok(plan) => (shown.plan, shown.fault) = (Some(plan), None),
                Err(fault) => shown.fault = Some(fault),
            }
            changed = true;
        }
        changed
    }
}
