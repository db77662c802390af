//! Everything a person can ask of the desk, as one type.
//!
//! Views push commands; [`super::Desk::apply`] carries them out after the
//! frame. [`LISTED`] is the one list that feeds menu, palette, shortcuts and
//! help.

use std::path::PathBuf;

use uuid::Uuid;

use super::alerts::Notifier;
use super::indicators::{IndicatorsCommand, Page};
use super::lock::SignInCommand;
use super::network::NetworkChoice;
use super::problems::ProblemsCommand;
use super::saved::SavedCommand;
use super::shift::ShiftCommand;
use super::state::{ListOrder, MapMode, Measure, PeriodChoice, View, Viewport};
use super::triage::TriageCommand;
use crate::board::filter::Span;
use crate::config::Theme;
use crate::config::alerts::Alerts;
use crate::domain::policy::Supposed;
use crate::domain::{Action, CommandKind, Language};

/// One dimension of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Period,
    Municipality,
    Settlement,
    Block,
    Topic,
    Body,
    Regime,
    Source,
    Status,
    Overdue,
    Unplaced,
    Text,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Show(View),
    SetPeriod(PeriodChoice),
    /// Brushed on the timeline.
    SetSpan(Span),
    /// Adds the value to its dimension's choice, or takes it out.
    ToggleMunicipality(u8),
    ToggleSettlement(u16),
    ToggleBlock(u8),
    ToggleTopic(u16),
    ToggleBody(u16),
    ToggleRegime(u8),
    ToggleSource(u8),
    ToggleStatus(u8),
    ToggleOverdueOnly,
    ToggleUnplacedOnly,
    Clear(Dimension),
    ClearFilter,
    Search(String),
    SetMapMode(MapMode),
    SetMeasure(Measure),
    /// The map was moved or resized: heat and clusters are made for this view.
    SetViewport(Viewport),
    /// From now on the figures are those of a wall: nobody is there who would know what to
    /// make of figures that have grown old, or who would open what is to be measured.
    ServeWall,
    /// The last thirty days are shown in this view, or in none.
    WantReplay(Option<Viewport>),
    /// Brings the whole region back into view.
    ShowRegion,
    SortList(ListOrder),
    /// The list shows rows `first .. first + count` of its order.
    ShowRows {
        first: usize,
        count: usize,
    },
    OpenIncident(u32),
    CloseIncident,
    ToggleReplay,
    /// Replays from this local day.
    SeekReplay(i32),
    SyncNow,
    TestConnection {
        server: String,
        token: String,
    },
    Connect {
        server: String,
        token: String,
    },
    /// Checks, keeps and uses what was typed about the network.
    SetNetwork(NetworkChoice),
    /// Asks for a certificate's file, then does the same with it.
    ChooseCertificate(NetworkChoice),
    SetAlerts(Alerts),
    /// The desktop showed a notification, or could not.
    NotifierSaid(Notifier),
    /// Tries other amounts in the rules of deadlines; nothing is changed by that.
    Suppose(Vec<Supposed>),
    SetTheme(Theme),
    /// Asks for a file of tiles, then lays it under the map.
    ChooseBasemap,
    /// Lays a file of tiles under the map, or our own land and waters.
    SetBasemap(Option<PathBuf>),
    SetLanguage(Language),
    SetTextScale(u16),
    /// Makes the text larger or smaller by so many per cent.
    StepTextScale(i16),
    /// Asks for a file name, then writes the window as PNG.
    SavePicture,
    /// Asks for a file name, then writes the filtered list as csv.
    ExportList,
    /// Asks for a file name, then writes what waits in the outbox.
    ExportOutbox,
    WritePicture(PathBuf),
    WriteOutbox(PathBuf),
    /// Puts the handover sheet on the screen into the clipboard.
    CopySheet,
    /// Asks for a file name, then writes the sheet.
    ExportSheet,
    WriteSheet {
        path: PathBuf,
        text: String,
    },
    WriteList {
        path: PathBuf,
        /// Words over the columns.
        header: Vec<String>,
    },
    /// The window wrote its picture, or could not.
    PictureSaved {
        path: String,
        error: Option<String>,
    },
    /// A file was to be chosen and the system has no dialog for it.
    NoDialog,
    Indicators(IndicatorsCommand),
    Problems(ProblemsCommand),
    /// Back to the list of what was received.
    ListReceived,
    Triage(TriageCommand),
    Shift(ShiftCommand),
    SignIn(SignInCommand),
    Saved(SavedCommand),
    /// What an officer does, on all these incidents (by row id); none for one
    /// that is made by hand.
    Act {
        rows: Vec<u32>,
        action: Action,
    },
    /// Takes back the newest action that can still be taken back.
    Undo,
    /// In a conflict: does it on the server's present state all the same.
    KeepMine(Uuid),
    /// Opens the form of an action that is in conflict or was rejected, filled in as
    /// it was.
    EditMine(Uuid),
    /// Gives up what was done here: a conflict lost, a rejection read.
    TakeTheirs(Uuid),
    /// Throws away a draft about an incident that is not here.
    DropStray {
        /// Id on the server.
        incident: String,
        kind: CommandKind,
    },
    /// Shows citizens' words unmasked, for a reason that is written down.
    Reveal {
        row_id: u32,
        /// Key of the Fluent files.
        reason: &'static str,
    },
    DismissNotice(u64),
    OpenPalette,
    OpenHelp,
    FocusSearch,
    Quit,
}

impl Command {
    /// True where it chooses another filter or section than a named one.
    pub(super) fn leaves_saved(&self) -> bool {
        matches!(
            self,
            Self::ToggleMunicipality(_)
                | Self::ToggleSettlement(_)
                | Self::ToggleBlock(_)
                | Self::ToggleTopic(_)
                | Self::ToggleBody(_)
                | Self::ToggleRegime(_)
                | Self::ToggleSource(_)
                | Self::ToggleStatus(_)
                | Self::ToggleOverdueOnly
                | Self::ToggleUnplacedOnly
                | Self::Clear(_)
                | Self::ClearFilter
                | Self::Search(_)
                | Self::Triage(TriageCommand::Show(_))
        )
    }
}

/// A command that stands in menu, palette and help, with its text key in the
/// Fluent files and its shortcut («Ctrl+K»; a single letter for plain keys).
pub struct Listed {
    pub text: &'static str,
    pub shortcut: Option<&'static str>,
    pub command: fn() -> Command,
}

/// Per cent by which a key makes the text larger or smaller.
const TEXT_STEP: i16 = 10;

/// In the order of menu and palette.
pub const LISTED: &[Listed] = &[
    Listed {
        text: "command-situation",
        shortcut: Some("Ctrl+1"),
        command: || Command::Show(View::Situation),
    },
    Listed {
        text: "command-triage",
        shortcut: Some("Ctrl+5"),
        command: || Command::Show(View::Triage),
    },
    Listed {
        text: "command-blocks",
        shortcut: Some("Ctrl+2"),
        command: || Command::Show(View::Blocks),
    },
    Listed {
        text: "command-indicators",
        shortcut: Some("Ctrl+3"),
        command: || Command::Show(View::Indicators),
    },
    Listed {
        text: "command-figures",
        shortcut: None,
        command: || Command::Indicators(IndicatorsCommand::Show(Page::Figures)),
    },
    Listed {
        text: "command-scorecards",
        shortcut: None,
        command: || Command::Indicators(IndicatorsCommand::Show(Page::Scorecards)),
    },
    Listed {
        text: "command-ahead",
        shortcut: None,
        command: || Command::Indicators(IndicatorsCommand::Show(Page::Forecast)),
    },
    Listed {
        text: "command-digest",
        shortcut: Some("Alt+D"),
        command: || Command::Indicators(IndicatorsCommand::Show(Page::Digest)),
    },
    Listed {
        text: "command-problems",
        shortcut: Some("Alt+P"),
        command: || Command::Show(View::Problems),
    },
    Listed {
        text: "command-incidents",
        shortcut: Some("Ctrl+4"),
        command: || Command::Show(View::Incidents),
    },
    Listed {
        text: "command-health",
        shortcut: Some("Ctrl+8"),
        command: || Command::Show(View::Health),
    },
    Listed {
        text: "command-settings",
        shortcut: Some("Ctrl+9"),
        command: || Command::Show(View::Settings),
    },
    Listed {
        text: "command-period-day",
        shortcut: Some("Alt+1"),
        command: || Command::SetPeriod(PeriodChoice::Day),
    },
    Listed {
        text: "command-period-week",
        shortcut: Some("Alt+2"),
        command: || Command::SetPeriod(PeriodChoice::Week),
    },
    Listed {
        text: "command-period-four-weeks",
        shortcut: Some("Alt+3"),
        command: || Command::SetPeriod(PeriodChoice::FourWeeks),
    },
    Listed {
        text: "command-period-quarter",
        shortcut: Some("Alt+4"),
        command: || Command::SetPeriod(PeriodChoice::Quarter),
    },
    Listed {
        text: "command-period-year",
        shortcut: Some("Alt+5"),
        command: || Command::SetPeriod(PeriodChoice::Year),
    },
    Listed {
        text: "command-period-all",
        shortcut: Some("Alt+6"),
        command: || Command::SetPeriod(PeriodChoice::All),
    },
    Listed {
        text: "command-clear-filter",
        shortcut: Some("Ctrl+Backspace"),
        command: || Command::ClearFilter,
    },
    Listed { text: "command-search", shortcut: Some("Ctrl+F"), command: || Command::FocusSearch },
    Listed {
        text: "command-overdue-only",
        shortcut: Some("Ctrl+O"),
        command: || Command::ToggleOverdueOnly,
    },
    Listed {
        text: "command-unplaced-only",
        shortcut: Some("Ctrl+U"),
        command: || Command::ToggleUnplacedOnly,
    },
    Listed {
        text: "command-map-areas",
        shortcut: Some("Alt+A"),
        command: || Command::SetMapMode(MapMode::Areas),
    },
    Listed {
        text: "command-map-heat",
        shortcut: Some("Alt+H"),
        command: || Command::SetMapMode(MapMode::Heat),
    },
    Listed {
        text: "command-map-clusters",
        shortcut: Some("Alt+G"),
        command: || Command::SetMapMode(MapMode::Clusters),
    },
    Listed {
        text: "command-show-region",
        shortcut: Some("Alt+0"),
        command: || Command::ShowRegion,
    },
    Listed { text: "command-replay", shortcut: Some("Ctrl+R"), command: || Command::ToggleReplay },
    Listed { text: "command-sync-now", shortcut: Some("F5"), command: || Command::SyncNow },
    Listed {
        text: "command-save-picture",
        shortcut: Some("Ctrl+S"),
        command: || Command::SavePicture,
    },
    Listed {
        text: "command-export-list",
        shortcut: Some("Ctrl+E"),
        command: || Command::ExportList,
    },
    Listed { text: "command-export-outbox", shortcut: None, command: || Command::ExportOutbox },
    Listed {
        text: "command-shift",
        shortcut: Some("Ctrl+6"),
        command: || Command::Show(View::Shift),
    },
    Listed {
        text: "command-shift-take",
        shortcut: Some("Alt+T"),
        command: || Command::Shift(ShiftCommand::Take),
    },
    Listed {
        text: "command-shift-hand-over",
        shortcut: Some("Alt+S"),
        command: || Command::Shift(ShiftCommand::HandOver),
    },
    Listed { text: "command-sheet-copy", shortcut: None, command: || Command::CopySheet },
    Listed { text: "command-sheet-save", shortcut: None, command: || Command::ExportSheet },
    Listed {
        text: "command-outbox",
        shortcut: Some("Ctrl+7"),
        command: || Command::Show(View::Outbox),
    },
    Listed {
        text: "command-text-larger",
        shortcut: Some("Ctrl+="),
        command: || Command::StepTextScale(TEXT_STEP),
    },
    Listed {
        text: "command-text-smaller",
        shortcut: Some("Ctrl+-"),
        command: || Command::StepTextScale(-TEXT_STEP),
    },
    Listed {
        text: "command-text-normal",
        shortcut: Some("Ctrl+0"),
        command: || Command::SetTextScale(100),
    },
    Listed {
        text: "command-theme-dark",
        shortcut: None,
        command: || Command::SetTheme(Theme::Dark),
    },
    Listed {
        text: "command-theme-light",
        shortcut: None,
        command: || Command::SetTheme(Theme::Light),
    },
    Listed { text: "command-undo", shortcut: Some("Ctrl+Z"), command: || Command::Undo },
    Listed { text: "command-palette", shortcut: Some("Ctrl+K"), command: || Command::OpenPalette },
    Listed { text: "command-help", shortcut: Some("F1"), command: || Command::OpenHelp },
    Listed {
        text: "command-lock",
        shortcut: Some("Ctrl+L"),
        command: || Command::SignIn(SignInCommand::Lock),
    },
    Listed {
        text: "command-switch-office",
        shortcut: Some("Alt+O"),
        command: || Command::SignIn(SignInCommand::Switch),
    },
    Listed { text: "command-quit", shortcut: Some("Ctrl+Q"), command: || Command::Quit },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_shortcut_and_no_text_stands_twice() {
        let texts: BTreeSet<_> = LISTED.iter().map(|listed| listed.text).collect();
        let shortcuts: Vec<_> = LISTED.iter().filter_map(|listed| listed.shortcut).collect();
        let distinct: BTreeSet<_> = shortcuts.iter().collect();
        assert_eq!(texts.len(), LISTED.len());
        assert_eq!(distinct.len(), shortcuts.len());
    }
}
