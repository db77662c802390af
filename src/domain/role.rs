//! Who works here and what each may do.
//!
//! The server decides; these rights only shape what the program offers.

use super::command::CommandKind;
use super::keyed::keyed_enum;
use super::name::Name;

keyed_enum! {
    /// A role of clause 3.1 of the Regulation, and the duty officer.
    pub enum Role {
        Curator = "curator",
        /// Руководитель ЦУР.
        Head = "head",
        /// Ответственный исполнитель.
        Executor = "executor",
        /// Ответственный за отраслевой блок.
        BlockLead = "block_lead",
        /// Руководитель отраслевого блока.
        BlockHead = "block_head",
        /// Дежурный.
        Duty = "duty",
    }
}

keyed_enum! {
    /// A right that is no command on an incident.
    pub enum ViewRight {
        /// Citizens' texts, names, contacts and exact places.
        SeePersonal = "see_personal",
        SeeAggregates = "see_aggregates",
        /// Enter the targets of indicators.
        SetTargets = "set_targets",
    }
}

/// What a role may do, from `data/roles.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRights {
    pub name: Name,
    commands: u32,
    views: u8,
}

impl RoleRights {
    pub fn new(name: Name, commands: &[CommandKind], views: &[ViewRight]) -> Self {
        Self {
            name,
            commands: commands.iter().fold(0, |bits, c| bits | 1 << c.index()),
            views: views.iter().fold(0, |bits, v| bits | 1 << v.index()),
        }
    }

    pub fn may(&self, command: CommandKind) -> bool {
        self.commands & (1 << command.index()) != 0
    }

    pub fn may_view(&self, right: ViewRight) -> bool {
        self.views & (1 << right.index()) != 0
    }
}

/// Whether `approver` may approve an answer that `author` submitted: never
/// one's own, whatever the role. Both are the server's names of officers.
pub fn may_approve_answer_of(author: &str, approver: &str) -> bool {
    author != approver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_approves_an_answer_of_their_own() {
        assert!(!may_approve_answer_of("officer-7", "officer-7"));
        assert!(may_approve_answer_of("officer-7", "officer-8"));
    }

    #[test]
    fn every_right_has_its_own_bit() {
        let name: Name = toml::from_str("ru = \"а\"\nen = \"a\"").unwrap();
        for given in CommandKind::ALL.iter().copied() {
            let rights = RoleRights::new(name.clone(), &[given], &[ViewRight::SetTargets]);
            for asked in CommandKind::ALL.iter().copied() {
                assert_eq!(rights.may(asked), asked == given);
            }
            assert!(rights.may_view(ViewRight::SetTargets));
            assert!(!rights.may_view(ViewRight::SeePersonal));
        }
    }
}
