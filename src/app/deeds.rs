//! What an officer can do in «Разбор», each with its key: the part of the one
//! list of commands that only that view heeds.

use super::State;
use super::command::{Command, LISTED, Listed};
use super::form::may;
use super::saved::{Naming, SavedCommand};
use super::state::View;
use super::triage::TriageCommand;
use crate::board::queue::Section;
use crate::domain::CommandKind;

/// A command of the view «Разбор».
pub struct Deed {
    pub listed: Listed,
    /// What it asks of the server; `None` where it only moves or chooses.
    pub kind: Option<CommandKind>,
    /// Pressed again while its key is held.
    pub repeats: bool,
}

const fn deed(
    kind: CommandKind,
    text: &'static str,
    key: &'static str,
    command: fn() -> Command,
) -> Deed {
    Deed { listed: Listed { text, shortcut: Some(key), command }, kind: Some(kind), repeats: false }
}

const fn step(
    text: &'static str,
    key: &'static str,
    repeats: bool,
    command: fn() -> Command,
) -> Deed {
    Deed { listed: Listed { text, shortcut: Some(key), command }, kind: None, repeats }
}

const fn begin(kind: CommandKind) -> Command {
    Command::Triage(TriageCommand::Begin(kind))
}

const fn queue(command: TriageCommand) -> Command {
    Command::Triage(command)
}

/// In the order of buttons, palette and help. Keys are those of the Latin
/// letters on the keyboard, whatever the layout writes with them.
pub const DEEDS: &[Deed] = &[
    Deed {
        listed: Listed {
            text: "action-in-order",
            shortcut: Some("Enter"),
            command: || queue(TriageCommand::BeginInOrder),
        },
        kind: Some(CommandKind::Classify),
        repeats: false,
    },
    deed(CommandKind::Take, "action-take", "T", || begin(CommandKind::Take)),
    deed(CommandKind::Classify, "action-classify", "C", || begin(CommandKind::Classify)),
    deed(CommandKind::Place, "action-place", "P", || begin(CommandKind::Place)),
    deed(CommandKind::Prioritise, "action-prioritise", "U", || begin(CommandKind::Prioritise)),
    deed(CommandKind::Mark, "action-mark", "G", || begin(CommandKind::Mark)),
    deed(CommandKind::Assign, "action-assign", "A", || begin(CommandKind::Assign)),
    deed(CommandKind::Forward, "action-forward", "F", || begin(CommandKind::Forward)),
    deed(CommandKind::Merge, "action-merge", "M", || begin(CommandKind::Merge)),
    deed(CommandKind::Split, "action-split", "Y", || begin(CommandKind::Split)),
    deed(CommandKind::Unmerge, "action-unmerge", "Z", || begin(CommandKind::Unmerge)),
    deed(CommandKind::Link, "action-link", "0", || begin(CommandKind::Link)),
    deed(CommandKind::Reject, "action-reject", "D", || begin(CommandKind::Reject)),
    deed(CommandKind::Comment, "action-comment", "N", || begin(CommandKind::Comment)),
    deed(CommandKind::InterimAnswer, "action-interim-answer", "I", || {
        begin(CommandKind::InterimAnswer)
    }),
    deed(CommandKind::Submit, "action-submit", "S", || begin(CommandKind::Submit)),
    deed(CommandKind::Approve, "action-approve", "V", || begin(CommandKind::Approve)),
    deed(CommandKind::Return, "action-return", "R", || begin(CommandKind::Return)),
    deed(CommandKind::Extend, "action-extend", "E", || begin(CommandKind::Extend)),
    deed(CommandKind::Postpone, "action-postpone", "W", || begin(CommandKind::Postpone)),
    deed(CommandKind::Close, "action-close", "L", || begin(CommandKind::Close)),
    deed(CommandKind::Reopen, "action-reopen", "O", || begin(CommandKind::Reopen)),
    deed(CommandKind::Rate, "action-rate", "B", || begin(CommandKind::Rate)),
    deed(CommandKind::Quality, "action-quality", "Q", || begin(CommandKind::Quality)),
    deed(CommandKind::Create, "action-create", "H", || begin(CommandKind::Create)),
    step("command-next", "J", true, || queue(TriageCommand::Move(1))),
    step("command-previous", "K", true, || queue(TriageCommand::Move(-1))),
    step("command-choose", "X", false, || queue(TriageCommand::ToggleCursor)),
    step("command-choose-next", "Shift+J", true, || queue(TriageCommand::MoveChoosing(1))),
    step("command-choose-previous", "Shift+K", true, || queue(TriageCommand::MoveChoosing(-1))),
    step("command-choose-all", "Ctrl+A", false, || queue(TriageCommand::SelectLoaded)),
    step("command-save-filter", "Shift+F", false, || {
        Command::Saved(SavedCommand::Ask(Naming::New))
    }),
    step("command-section-new", "Shift+1", false, || queue(TriageCommand::Show(Section::New))),
    step("command-section-mine", "Shift+2", false, || queue(TriageCommand::Show(Section::Mine))),
    step("command-section-due-soon", "Shift+3", false, || {
        queue(TriageCommand::Show(Section::DueSoon))
    }),
    step("command-section-overdue", "Shift+4", false, || {
        queue(TriageCommand::Show(Section::Overdue))
    }),
    step("command-section-approval", "Shift+5", false, || {
        queue(TriageCommand::Show(Section::Approval))
    }),
    step("command-section-returned", "Shift+6", false, || {
        queue(TriageCommand::Show(Section::Returned))
    }),
    step("command-section-answered", "Shift+7", false, || {
        queue(TriageCommand::Show(Section::Answered))
    }),
    step("command-section-all", "Shift+8", false, || queue(TriageCommand::Show(Section::All))),
    step("command-choose-none", "Escape", false, || queue(TriageCommand::ClearSelection)),
];

/// Commands that can be asked for now: everywhere, and in the view that is open.
pub fn listed(state: &State) -> impl Iterator<Item = &'static Listed> + '_ {
    let of_view = DEEDS.iter().filter(|deed| state.view == View::Triage && is_offered(state, deed));
    LISTED.iter().chain(of_view.map(|deed| &deed.listed))
}

/// Keys of the named filters in «Разбор», in their order.
pub const SAVED_KEYS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Nobody is offered what their role may not do.
pub fn is_offered(state: &State, deed: &Deed) -> bool {
    deed.kind.is_none_or(|kind| may(state, kind))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_command_has_its_own_key() {
        let keys: Vec<_> = LISTED
            .iter()
            .chain(DEEDS.iter().map(|deed| &deed.listed))
            .filter_map(|listed| listed.shortcut)
            .chain(SAVED_KEYS)
            .collect();
        let distinct: BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        // That it is of no problem is chosen where its problem is.
        let here = CommandKind::ALL.iter().copied().filter(|kind| *kind != CommandKind::Unlink);
        for kind in here {
            let begins = DEEDS.iter().filter(|deed| (deed.listed.command)() == begin(kind));
            let keys: Vec<_> = begins.filter_map(|deed| deed.listed.shortcut).collect();
            assert_eq!(keys.len(), 1, "{kind}");
            assert_eq!(keys[0].len(), 1, "{kind} takes one key");
        }
    }
}
