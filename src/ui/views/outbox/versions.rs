//! A conflict side by side: what the officer saw, what the server has now, and
//! what it would have once the action is done all the same.

use egui::Ui;

use super::asked::{body, municipality, point, topic};
use crate::app::State;
use crate::app::outbox_view::OutboxEntry;
use crate::domain::Standing;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::views::incidents::details::words;
use crate::ui::views::page::line_of_cells;
use crate::ui::widgets::Weight;
use crate::ui::{format, names};

type Read<'a> = Box<dyn Fn(&Standing) -> Option<String> + 'a>;

pub(super) fn versions_ui(
    ui: &mut Ui,
    state: &State,
    entry: &OutboxEntry,
    now: Option<&Standing>,
    tokens: &Tokens,
    text: &Text,
) {
    let color = &tokens.color;
    let mine = now.and_then(|now| now.after(&entry.action, entry.at, Some(&entry.office)).ok());
    if now.is_some() && mine.is_none() {
        let impossible = text.t("conflict-impossible");
        words(ui, impossible, tokens.size.body, Weight::Medium, color.alarm);
    }
    let heads = [text.t("conflict-seen"), text.t("conflict-now"), text.t("conflict-mine")];
    line_of_cells(ui, tokens, ("", &heads.join(" · ")), heads.map(|head| (head, color.text_dim)));
    for (key, read) in rows(state, text) {
        let of = |standing: Option<&Standing>| {
            standing.and_then(&read).unwrap_or_else(|| "–".to_owned())
        };
        let [seen, now, mine] = [entry.basis.as_ref(), now, mine.as_ref()].map(of);
        let label = text.t(key);
        let said: Vec<String> = heads
            .iter()
            .zip([&seen, &now, &mine])
            .map(|(head, value)| format!("{head} {value}"))
            .collect();
        let said = format!("{label}: {}", said.join(", "));
        // What others changed, and what this action would change.
        let theirs = if now == seen { color.text_soft } else { color.warn };
        let ours = if mine == now { color.text_soft } else { color.accent };
        let cells = [(&*seen, color.text_soft), (&*now, theirs), (&*mine, ours)];
        line_of_cells(ui, tokens, (label, &said), cells);
    }
}

fn rows<'a>(state: &'a State, text: &'a Text) -> [(&'static str, Read<'a>); 9] {
    [
        (
            "list-status",
            Box::new(|s| Some(names::status(state, text, s.status.index()).to_owned())),
        ),
        ("filter-topic", Box::new(|s| s.topic.as_ref().map(|it| topic(state, text, it)))),
        (
            "filter-municipality",
            Box::new(|s| s.municipality.as_ref().map(|it| municipality(state, text, it))),
        ),
        ("conflict-point", Box::new(|s| s.place.map(point))),
        ("filter-body", Box::new(|s| s.body.as_ref().map(|it| body(state, text, it)))),
        ("details-assignee", Box::new(|s| s.assignee.clone())),
        ("list-due", Box::new(|s| s.due.map(|at| format::moment(text, at.0, state.now)))),
        ("conflict-priority", Box::new(|s| Some(names::priority(text, s.priority).to_owned()))),
        ("details-merged", Box::new(|s| s.merged_into.clone())),
    ]
}
