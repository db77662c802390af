//! What the desk's threads have finished, taken into its state.

use std::sync::Arc;

use super::caught_up::There;
use super::desk::Desk;
use super::keeper::News;
use super::map_work::MapAnswer;
use super::notices::UNREADABLE;
use super::state::Loading;
use super::workers::point_of;
use crate::sync::status::{Phase, SyncStatus};

impl Desk {
    pub(super) fn take_news(&mut self) -> bool {
        let mut changed = false;
        while let Some(news) = self.keeper.take() {
            changed = true;
            match news {
                News::Vocabulary(vocabulary) => self.state.vocabulary = vocabulary,
                News::Loading { done, total } => {
                    self.state.loading = Loading::Board { done, total };
                }
                News::Board { board, touched, taken } => {
                    if self.state.loading != Loading::Ready {
                        // What was counted before was an empty board.
                        self.health_asked_at = None;
                    }
                    self.state.loading = Loading::Ready;
                    self.state.vocabulary = Arc::clone(board.vocabulary());
                    (self.board, self.catching_up.taken) = (board, taken);
                    self.follow_board(&touched);
                }
                News::Failed(detail) => {
                    // It goes on: what was kept stands until all is read.
                    self.notice(UNREADABLE, detail, true);
                }
            }
        }
        changed
    }

    pub(super) fn take_status(&mut self) -> bool {
        let status = self.status.get();
        if status == self.state.sync || status == SyncStatus::default() {
            return false;
        }
        if std::mem::discriminant(&status.phase) != std::mem::discriminant(&self.state.sync.phase) {
            // Whose data this is may have become known.
            self.health_asked_at = None;
        }
        self.state.sync = status;
        self.keep_token_of_office();
        true
    }

    /// After status and answers were taken.
    pub(super) fn follow_catching_up(&mut self) {
        let state = &self.state;
        let is_counted = state.loading == Loading::Ready && state.kept_at.is_none();
        let figures = is_counted.then_some(state.aggregates.key.version);
        self.state.is_caught_up = self.catching_up.follow(There {
            is_up_to_date: state.sync.phase == Phase::UpToDate,
            board: self.board.version(),
            shown: figures.zip(self.problems_version()).map(|(one, other)| one.min(other)),
        });
    }

    pub(super) fn take_answers(&mut self) -> bool {
        let mut changed = false;
        if let Some(aggregates) = self.aggregates.take() {
            self.state.aggregates = Arc::new(aggregates);
            self.state.aggregating = false;
            self.state.kept_at = None;
            changed = true;
        }
        changed |= self.take_replay();
        changed |= self.take_basemap();
        if let Some(answer) = self.map.take() {
            match answer {
                MapAnswer::Heat(heat) => self.state.heat = Some(Arc::new(heat)),
                MapAnswer::Clusters(clusters) => self.state.clusters = Some(Arc::new(clusters)),
            }
            changed = true;
        }
        if let Some(positions) = self.list.take() {
            self.show_list(positions);
            self.state.list.holds = self.list_asked.as_ref().and_then(|it| it.instead.clone());
            changed = true;
        }
        if let Some((first, rows)) = self.rows.take() {
            self.state.list.first = first;
            self.state.list.rows = self.as_on_board(rows);
            changed = true;
        }
        if let Some(rows) = self.due.take() {
            self.state.due_next = self.as_on_board(rows);
            changed = true;
        }
        if let Some(similar) = self.similar.take() {
            self.state.similar = Some(Arc::new(similar));
            changed = true;
        }
        changed |= self.take_picture();
        changed |= self.take_signed();
        changed |= self.take_queue();
        changed |= self.take_likely();
        changed |= self.take_what_if();
        changed |= self.take_measures();
        changed |= self.take_problems();
        self.take_urgent();
        // A card that was closed meanwhile stays closed.
        if let Some(mut details) = self.details.take().filter(|_| self.opened.is_some()) {
            if let Some(row) = self.board.row(details.row.row_id.saturating_sub(1)) {
                details.row.set_row(&row);
                details.place = point_of(&row);
                self.ask_similar(details.row.row_id, row.topic);
            }
            let row_id = details.row.row_id;
            self.state.suggestions.take_if(|about| about.row_id != row_id);
            self.state.incident = Some(Arc::new(details));
            changed = true;
        }
        changed |= self.take_suggestions();
        changed |= self.take_first_hits();
        changed |= self.take_search();
        if let Some(answer) = self.link.take() {
            self.nudge = answer.nudge;
            if answer.token.is_some() {
                self.token = answer.token;
            }
            self.take_sign_in(answer.is_signed_in);
            if let Some((text, detail)) = answer.notice {
                self.notice(text, detail, false);
            }
            changed = true;
        }
        if let Some(health) = self.health.take() {
            self.state.demo = health.store.demo;
            self.state.store = health.store;
            self.state.census = health.census;
            self.state.log = health.log;
            changed = true;
        }
        if let Some(test) = self.probe.take() {
            self.state.connection_test = test;
            changed = true;
        }
        if let Some(checked) = self.network.take() {
            self.take_network(checked);
            changed = true;
        }
        if let Some(Err(detail)) = self.keep_settings.take() {
            self.notice("notice-settings-failed", detail, true);
            changed = true;
        }
        if let Some(exported) = self.export.take() {
            match exported {
                Ok(detail) => self.notice("notice-list-saved", detail, false),
                Err(detail) => self.notice("notice-list-failed", detail, true),
            }
            changed = true;
        }
        changed
    }
}
