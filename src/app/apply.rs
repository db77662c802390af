//! Carries out what a person asked for.

use std::collections::BTreeSet;

use super::command::{Command, Dimension};
use super::desk::Desk;
use super::link::Probe;
use super::network::{NetworkCheck, NetworkFault, NetworkQuestion};
use super::replay;
use super::state::{ConnectionTest, ListOrder, PeriodChoice, View};
use super::workers::{ExportQuestion, ListAsked, ListQuestion};
use crate::board::filter::Filter;
use crate::config::Settings;

impl Desk {
    /// Never blocks: what takes time is handed to a worker.
    pub fn apply(&mut self, command: Command) {
        if self.state.lock.is_some() && !command.works_locked() {
            return;
        }
        if command.leaves_saved() {
            self.state.triage.saved = None;
        }
        match command {
            Command::Show(view) => {
                self.state.view = view;
                self.state.list.instead = None;
            }
            Command::SetPeriod(period) => self.set_period(period),
            Command::SetSpan(span) => self.set_period(PeriodChoice::Brushed(span)),
            Command::ToggleMunicipality(index) => {
                toggle(&mut self.state.filter.municipalities, index);
            }
            Command::ToggleSettlement(number) => toggle(&mut self.state.filter.settlements, number),
            Command::ToggleBlock(block) => toggle(&mut self.state.filter.blocks, block),
            Command::ToggleTopic(number) => toggle(&mut self.state.filter.topics, number),
            Command::ToggleBody(number) => toggle(&mut self.state.filter.bodies, number),
            Command::ToggleRegime(regime) => toggle(&mut self.state.filter.regimes, regime),
            Command::ToggleSource(source) => toggle(&mut self.state.filter.sources, source),
            Command::ToggleStatus(status) => toggle(&mut self.state.filter.statuses, status),
            Command::ToggleOverdueOnly => {
                self.state.filter.overdue_only = !self.state.filter.overdue_only;
            }
            Command::ToggleUnplacedOnly => {
                self.state.filter.unplaced_only = !self.state.filter.unplaced_only;
            }
            Command::Clear(dimension) => self.clear(dimension),
            Command::ClearFilter => {
                self.state.filter = Filter::default();
                // Asked, so that words that are still being looked for do not come
                // back as a condition that nobody sees.
                self.set_search(String::new());
                self.set_period(PeriodChoice::default());
            }
            Command::Search(query) => self.set_search(query),
            Command::FocusSearch => self.state.focus_search += 1,
            Command::SetMapMode(mode) => self.state.map_mode = mode,
            Command::SetMeasure(measure) => self.state.measure = measure,
            Command::SetViewport(viewport) => *self.heat_view() = viewport,
            Command::ServeWall => self.state.is_wall = true,
            Command::WantReplay(viewport) => *self.replay_view() = viewport,
            Command::ShowRegion => self.state.show_region += 1,
            Command::SortList(order) => self.state.list.order = order,
            Command::ShowRows { first, count } => self.window = (first, count),
            Command::OpenIncident(row_id) => {
                self.state.revealed = None;
                // Elsewhere there is no room for a card.
                if !matches!(self.state.view, View::Incidents | View::Triage) {
                    self.apply(Command::Show(View::Incidents));
                }
                self.open_card(row_id);
            }
            Command::DropStray { incident, kind } => self.drop_stray(incident, kind),
            Command::Indicators(command) => self.apply_indicators(command),
            Command::Problems(command) => self.apply_problems(command),
            Command::ListReceived => self.state.list.instead = None,
            Command::Triage(command) => self.apply_triage(command),
            Command::Shift(command) => self.apply_shift(command),
            Command::SignIn(command) => self.apply_sign_in(command),
            Command::Saved(command) => self.apply_saved(command),
            Command::Act { .. }
            | Command::Undo
            | Command::KeepMine(_)
            | Command::EditMine(_)
            | Command::TakeTheirs(_)
            | Command::WriteOutbox(_)
            | Command::WriteSheet { .. }
            | Command::Reveal { .. } => self.work(command),
            Command::CloseIncident => {
                self.opened = None;
                self.state.incident = None;
                self.state.revealed = None;
                self.state.suggestions = None;
            }
            Command::ToggleReplay => {
                self.state.replay = match self.state.replay {
                    Some(_) => None,
                    None => replay::start(&self.state, self.moment.tick),
                };
                self.follow_clock();
            }
            Command::SeekReplay(day) => {
                if let Some(replay) = &mut self.state.replay {
                    replay.day = day.clamp(replay.from, replay.to);
                }
                self.follow_clock();
            }
            Command::Suppose(supposed) => self.suppose(supposed),
            Command::OpenPalette => self.state.palette_open = !self.state.palette_open,
            Command::OpenHelp => self.state.help_open = !self.state.help_open,
            Command::DismissNotice(id) => self.state.notices.retain(|notice| notice.id != id),
            Command::NotifierSaid(notifier) => self.state.notifier = notifier,
            Command::Quit => self.state.quit = true,
            Command::SyncNow
            | Command::TestConnection { .. }
            | Command::Connect { .. }
            | Command::SetNetwork(_)
            | Command::SetAlerts(_)
            | Command::SetTheme(_)
            | Command::SetBasemap(_)
            | Command::SetLanguage(_)
            | Command::SetTextScale(_)
            | Command::StepTextScale(_) => self.apply_setting(command),
            Command::WriteList { path, header } => self.export.ask(ExportQuestion {
                list: ListQuestion {
                    board: self.board.clone(),
                    asked: ListAsked {
                        key: self.state.aggregates.key.clone(),
                        order: self.state.list.order,
                        instead: self.state.list.instead.clone(),
                    },
                },
                path,
                language: self.state.settings.language,
                catalogue: std::sync::Arc::clone(&self.state.catalogue),
                header,
            }),
            Command::PictureSaved { path, error } => match error {
                None => self.notice("notice-picture-saved", path, false),
                Some(error) => self.notice("notice-picture-failed", error, true),
            },
            Command::NoDialog => self.notice("notice-no-dialog", String::new(), true),
            // The window carries these out itself: a dialog, its own pixels.
            Command::SavePicture
            | Command::ExportList
            | Command::ExportOutbox
            | Command::CopySheet
            | Command::ExportSheet
            | Command::WritePicture(_)
            | Command::ChooseBasemap
            | Command::ChooseCertificate(_) => {}
        }
    }

    fn apply_setting(&mut self, command: Command) {
        match command {
            Command::SyncNow => {
                if let Some(nudge) = &self.nudge {
                    nudge.sync_now();
                }
            }
            Command::TestConnection { server, token } => {
                self.state.connection_test = ConnectionTest::Running;
                let settings = self.state.settings.clone();
                self.probe.ask(Probe { server, token, settings });
            }
            Command::Connect { server, token } => {
                self.leave_work();
                self.state.settings.server = Some(server);
                self.save_settings();
                self.start_link(Some(token), true);
            }
            Command::SetNetwork(choice) => {
                self.state.network = NetworkCheck::Running;
                let settings = self.state.settings.clone();
                self.network.ask(NetworkQuestion { choice, settings });
            }
            Command::SetAlerts(alerts) => {
                self.state.settings.alerts = alerts;
                self.save_settings();
            }
            Command::SetTheme(theme) => {
                self.state.settings.theme = theme;
                self.save_settings();
            }
            Command::SetBasemap(path) => self.choose_basemap(path),
            Command::SetLanguage(language) => {
                self.state.settings.language = language;
                self.save_settings();
            }
            Command::SetTextScale(percent) => {
                self.state.settings.text_scale = percent.clamp(80, 200);
                self.save_settings();
            }
            Command::StepTextScale(by) => {
                let percent = self.state.settings.text_scale.saturating_add_signed(by);
                self.apply_setting(Command::SetTextScale(percent));
            }
            _ => {}
        }
    }

    fn set_period(&mut self, period: PeriodChoice) {
        self.state.replay = None;
        self.state.period = period;
        self.follow_clock();
    }

    pub(super) fn set_search(&mut self, query: String) {
        if query.trim().is_empty() {
            self.state.filter.text = None;
            if self.state.list.order == ListOrder::BestFirst {
                self.state.list.order = ListOrder::default();
            }
        }
        self.followed.begin(self.board.version());
        self.look_for(query.clone());
        self.state.search = query;
    }

    fn clear(&mut self, dimension: Dimension) {
        let filter = &mut self.state.filter;
        match dimension {
            Dimension::Period => self.set_period(PeriodChoice::default()),
            Dimension::Municipality => filter.municipalities.clear(),
            Dimension::Settlement => filter.settlements.clear(),
            Dimension::Block => filter.blocks.clear(),
            Dimension::Topic => filter.topics.clear(),
            Dimension::Body => filter.bodies.clear(),
            Dimension::Regime => filter.regimes.clear(),
            Dimension::Source => filter.sources.clear(),
            Dimension::Status => filter.statuses.clear(),
            Dimension::Overdue => filter.overdue_only = false,
            Dimension::Unplaced => filter.unplaced_only = false,
            Dimension::Text => {
                self.state.search.clear();
                self.set_search(String::new());
            }
        }
    }

    /// Keeps what was found usable, and makes the link anew with it.
    pub(super) fn take_network(&mut self, checked: Result<Settings, NetworkFault>) {
        match checked {
            Ok(Settings { root_certificate, proxy, poll_secs, .. }) => {
                // What else was set meanwhile stays.
                let settings = &mut self.state.settings;
                *settings = Settings { root_certificate, proxy, poll_secs, ..settings.clone() };
                self.state.network = NetworkCheck::Kept;
                self.save_settings();
                if self.state.settings.server.is_some() {
                    self.start_link(self.token.clone(), false);
                }
            }
            Err((reason, detail)) => {
                self.state.network = NetworkCheck::Failed { reason, detail };
            }
        }
    }

    pub(super) fn save_settings(&mut self) {
        if let Some(path) = self.settings_path.clone() {
            self.keep_settings.ask((self.state.settings.clone(), path));
        }
    }
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toggling_twice_changes_nothing() {
        let mut set = BTreeSet::new();
        toggle(&mut set, 3);
        assert!(set.contains(&3));
        toggle(&mut set, 3);
        assert!(set.is_empty());
    }
}
