//! The deadlines of an incident's stages, as the rules of its regime have them.

use egui::Ui;

use crate::app::State;
use crate::board::row::flags;
use crate::domain::calendar::Mark;
use crate::domain::policy::{Deadline, Facts, Policy, Stage};
use crate::domain::{EventKind, Regime, Status, Timestamp};
use crate::store::details::{EventLine, IncidentDetails};
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::page::{fact, quiet};

/// A line a stage. A deadline that the server gave stands above and is kept as given:
/// then no rule speaks of the answer. One that was counted here says by which.
pub(super) fn stages_ui(
    ui: &mut Ui,
    state: &State,
    incident: &IncidentDetails,
    tokens: &Tokens,
    text: &Text,
) {
    let Some(policy) = policy_of(state, incident) else { return };
    let facts = facts_of(state, incident);
    let is_shown = |deadline: &Deadline<'_>| match deadline.limit.stage {
        Stage::Registration | Stage::Forwarding => true,
        Stage::Approval => incident.row.status == Status::Approval.index(),
        Stage::Answer | Stage::FinalAnswer => {
            incident.row.due == 0 || incident.row.flags & flags::DUE_BY_RULE != 0
        }
    };
    let all = policy.deadlines(facts, &state.catalogue.work_calendar);
    let mut has_unverified = false;
    for deadline in all.iter().filter(|deadline| is_shown(deadline)) {
        let stage = text.t(stage_key(deadline.limit.stage));
        let until = match deadline.due {
            Ok(due) => text.with(
                "stage-until",
                &[
                    ("at", format::moment(text, due.0, state.now).into()),
                    ("policy", policy.version.as_ref().into()),
                ],
            ),
            Err(unknown) => {
                text.with("stage-no-calendar", &[("year", unknown.year.to_string().into())])
            }
        };
        has_unverified |= deadline.limit.mark == Mark::U;
        let mark = if deadline.limit.mark == Mark::U { "*" } else { "" };
        fact(ui, tokens, stage, &format!("{until}{mark}"), tokens.color.text_soft);
    }
    let is_open = Status::from_index(incident.row.status).is_some_and(Status::is_open);
    if let Some(days) = policy.extension(facts.topic).filter(|_| is_open) {
        let words = [("n", days.into()), ("policy", policy.version.as_ref().into())];
        let most = text.with("stage-extension-most", &words);
        fact(ui, tokens, text.t("stage-extension"), &most, tokens.color.text_soft);
    }
    if has_unverified {
        quiet(ui, tokens, text.t("stage-unverified"));
    }
}

/// The version that the record names, else the one that its regime had when it came.
fn policy_of<'a>(state: &'a State, incident: &IncidentDetails) -> Option<&'a Policy> {
    let policies = &state.catalogue.policies;
    let received = Timestamp(incident.row.received);
    let regime = Regime::from_index(incident.row.regime)?;
    policies.by_version(&incident.policy_version).or_else(|| policies.of(regime, received))
}

fn facts_of<'a>(state: &'a State, incident: &IncidentDetails) -> Facts<'a> {
    let own = |event: &&EventLine| event.merged.is_empty();
    let last = |kind: EventKind| {
        let all = incident.events.iter().filter(own);
        let of_kind = all.filter(|event| event.kind == Some(kind.index()));
        of_kind.map(|event| Timestamp(event.at)).next_back()
    };
    let is_important = incident.row.flags & flags::IMPORTANT != 0;
    Facts {
        topic: state.vocabulary.topic_code(incident.row.topic),
        received: Timestamp(incident.row.received),
        registered: (incident.registered > 0).then_some(Timestamp(incident.registered)),
        interim: last(EventKind::InterimAnswered),
        submitted: last(EventKind::Submitted),
        is_important,
    }
}

const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Registration => "stage-registration",
        Stage::Forwarding => "stage-forwarding",
        Stage::Answer => "stage-answer",
        Stage::FinalAnswer => "stage-final-answer",
        Stage::Approval => "stage-approval",
    }
}
