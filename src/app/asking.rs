//! What the desk asks its workers, and when.

use super::desk::{DATA_PACE, Desk, HEALTH_PACE, KEEP_PACE, KeptFigures, MapAsked};
use super::map_work::MapQuestion;
use super::state::{Loading, MapMode, PeriodChoice, View, end_of_minute};
use super::workers::{ListAsked, ListQuestion, RowsQuestion};
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::Filter;
use crate::sync::status::STALE_SYNCS;

/// Rows read before and after the visible ones of the list.
const LIST_MARGIN: usize = 60;

impl Desk {
    /// Lets what is counted go on with the clock. True where that is another minute.
    pub(super) fn count_on(&mut self) -> bool {
        let (state, now) = (&mut self.state, self.moment.now);
        let is_stale = state.is_wall && state.sync.missed_syncs(now) >= STALE_SYNCS;
        let counted_at = state.sync.confirmed_at.filter(|_| is_stale).unwrap_or(now);
        let before = std::mem::replace(&mut state.counted_at, counted_at);
        end_of_minute(before) != end_of_minute(counted_at)
    }

    pub(super) fn wanted_key(&self) -> AggregatesKey {
        AggregatesKey {
            filter: self.state.filter.clone(),
            version: self.board.version(),
            now: end_of_minute(self.state.counted_at),
        }
    }

    /// True where the data has moved on and is shown after a breath.
    pub(super) fn is_waiting_for_pace(&self) -> bool {
        self.state.loading == Loading::Ready && self.asked != self.wanted_key()
    }

    /// True where all that was asked is answered: a picture may be taken.
    pub fn is_settled(&self) -> bool {
        self.state.loading == Loading::Ready
            && self.asked == self.wanted_key()
            && !self.aggregates.is_busy()
            && !self.map.is_busy()
            && !self.list.is_busy()
            && !self.rows.is_busy()
            && !self.queue.is_busy()
            && !self.details.is_busy()
            && !self.similar.is_busy()
            && !self.queue_rows.is_busy()
            && !self.shifts.is_busy()
            && !self.likely.is_busy()
            && !self.due.is_busy()
            && !self.search.is_busy()
            && !(self.state.incident.is_some() && self.suggesting.is_busy())
            && !self.health.is_busy()
            && !self.what_if.is_busy()
            && !self.measures.is_busy()
            && !self.problems.is_busy()
            && !self.replays.is_busy()
            && !self.is_basemap_busy()
    }

    pub(super) fn ask(&mut self) {
        self.ask_health();
        self.ask_due();
        if self.state.loading != Loading::Ready {
            return;
        }
        self.ask_aggregates();
        self.ask_map();
        self.ask_list();
        self.ask_queue();
        self.ask_shift();
        self.keep_figures();
        self.ask_likely();
        self.ask_suggestions();
        self.ask_urgent();
        self.ask_what_if();
        self.ask_measures();
        self.ask_problems();
        self.ask_replay();
    }

    fn ask_aggregates(&mut self) {
        let wanted = self.wanted_key();
        if wanted == self.asked {
            return;
        }
        let by_person = wanted.filter != self.asked.filter;
        let rested = self.moment.tick.saturating_sub(self.asked_at) >= DATA_PACE;
        // A stream of changes must not cancel every answer before it is made.
        if !by_person && (self.aggregates.is_busy() || !rested) {
            return;
        }
        self.asked = wanted.clone();
        self.asked_at = self.moment.tick;
        self.state.aggregating = true;
        self.aggregates.ask((self.board.clone(), wanted));
    }

    fn ask_map(&mut self) {
        let (mode, viewport) = (self.state.asked_map_mode(), *self.heat_view());
        if !matches!(self.state.view, View::Situation | View::Settings)
            || mode == MapMode::Areas
            || viewport.width_px == 0
        {
            return;
        }
        let wanted =
            MapAsked { key: self.asked.clone(), mode, viewport, theme: self.state.settings.theme };
        let Some(asked) = &self.map_asked else {
            self.send_map(wanted);
            return;
        };
        let only_data = asked.mode == wanted.mode
            && asked.viewport == wanted.viewport
            && asked.key.filter == wanted.key.filter;
        if *asked == wanted || (only_data && self.map.is_busy()) {
            return;
        }
        self.send_map(wanted);
    }

    fn send_map(&mut self, wanted: MapAsked) {
        self.map.ask(MapQuestion {
            board: self.board.clone(),
            key: wanted.key.clone(),
            mode: wanted.mode,
            viewport: wanted.viewport,
            theme: wanted.theme,
            keep_scale: self.state.replay.is_some(),
        });
        self.map_asked = Some(wanted);
    }

    fn ask_list(&mut self) {
        if self.state.view != View::Incidents {
            return;
        }
        let order = self.state.list.order;
        let instead = self.state.list.instead.clone();
        let wanted = ListAsked { key: self.asked.clone(), order, instead };
        let by_person = self.list_asked.as_ref().is_none_or(|asked| {
            asked.key.filter != wanted.key.filter
                || asked.order != order
                || asked.instead != wanted.instead
        });
        // The search found what was found before, or failed.
        let is_left_begun = self.state.list.begun.is_some() && !self.search.is_busy();
        let is_wanted = self.list_asked.as_ref() != Some(&wanted) || is_left_begun;
        if is_wanted && (by_person || !self.list.is_busy()) {
            self.list.ask(ListQuestion { board: self.board.clone(), asked: wanted.clone() });
            self.list_asked = Some(wanted);
        }
        self.ask_rows();
    }

    fn ask_rows(&mut self) {
        let (first, count) = self.window;
        let from = first.saturating_sub(LIST_MARGIN);
        let to = (first + count + LIST_MARGIN).min(self.state.list.positions.len());
        let wanted = (from, to, self.list_generation);
        if from >= to || self.rows_asked == Some(wanted) {
            return;
        }
        self.rows_asked = Some(wanted);
        self.rows.ask(RowsQuestion {
            first: from,
            row_ids: self.state.list.positions[from..to]
                .iter()
                .map(|position| position + 1)
                .collect(),
        });
    }

    fn ask_due(&mut self) {
        if self.state.aggregates.due_next != self.due_asked {
            self.due_asked.clone_from(&self.state.aggregates.due_next);
            self.due.ask(self.due_asked.iter().map(|position| position + 1).collect());
        }
    }

    /// Has the figures that the next start opens with written now and then.
    fn keep_figures(&mut self) {
        let rested =
            self.kept.is_none_or(|kept| self.moment.tick.saturating_sub(kept.at) >= KEEP_PACE);
        if rested && !self.figures.is_busy() {
            self.keep_newer_figures();
        }
    }

    /// The same at once, where they are not written yet, whatever is being
    /// looked at now.
    pub(super) fn keep_newer_figures(&mut self) {
        let filter =
            Filter { span: PeriodChoice::default().span(self.moment.now), ..Filter::default() };
        let of = (self.board.version(), filter.span);
        let is_written = self.kept.is_some_and(|kept| kept.of == of);
        // A first sync that has not ended has no figures worth keeping.
        let is_whole = self.state.sync.confirmed_at.is_some() && !self.board.is_empty();
        if is_written || !is_whole || !self.keeps_figures {
            return;
        }
        self.kept = Some(KeptFigures { of, at: self.moment.tick });
        let key = AggregatesKey { filter, ..self.wanted_key() };
        self.figures.ask((self.board.clone(), key));
    }

    fn ask_health(&mut self) {
        let due = match self.health_asked_at {
            None => true,
            Some(at) => {
                self.state.view == View::Health
                    && self.moment.tick.saturating_sub(at) >= HEALTH_PACE
            }
        };
        if due && !self.health.is_busy() {
            self.health_asked_at = Some(self.moment.tick);
            self.health.ask(self.board.clone());
        }
    }
}
