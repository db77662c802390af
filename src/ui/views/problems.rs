//! «Проблемы»: incidents that are one matter, found and confirmed, and what a person
//! says of them.

mod act;
mod remedy;

use std::collections::HashMap;

use egui::{ScrollArea, Ui};

use super::page::{columns, explained_note, fact, quiet, rows, vacant};
use crate::app::problems::{Problem, ProblemKey, ProblemsCommand};
use crate::app::{Command, State};
use crate::board::problems::LOOKED_AT_DAYS;
use crate::domain::{Remedy, Timestamp};
use crate::ui::map::MapLocal;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::chart::{DayLines, Series, day_lines};
use crate::ui::widgets::table::{self, Column, Figure, figure_table};
use crate::ui::widgets::{self, Align, Bar, Weight, bar_list, empty, font, heading, panel_rect};
use crate::ui::{format, freshness, names};

/// Longest name, in characters.
pub(super) const NAME_CHARS: usize = 200;
/// Topics and bodies that are listed.
const LISTED: usize = 5;

/// What is being typed, by problem: what was begun is there again when it is come back
/// to.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// Whose words these are.
    office: String,
    open: HashMap<ProblemKey, Fields>,
}

/// The fields of one problem.
#[derive(Clone, Debug, Default)]
struct Fields {
    /// As it stood when the fields were filled.
    filled: Typed,
    typed: Typed,
    /// As it stood before what was typed was saved.
    before: Option<Typed>,
}

impl Local {
    /// The fields of a problem that stands as `fresh`: what nobody has touched follows.
    fn of(&mut self, key: &ProblemKey, fresh: &Typed, office: &str) -> &mut Fields {
        if self.office != office {
            *self = Self { office: office.to_owned(), ..Self::default() };
        }
        self.open.retain(|known, fields| {
            known == key || fields.typed != fields.filled || fields.before.is_some()
        });
        let fresh_fields = || Fields { filled: fresh.clone(), typed: fresh.clone(), before: None };
        let fields = self.open.entry(key.clone()).or_insert_with(fresh_fields);
        let Fields { filled, typed, before } = &mut *fields;
        if typed.name.trim() == fresh.name {
            typed.name.clone_from(&fresh.name);
        }
        if typed == fresh && filled != fresh {
            *before = Some(filled.clone());
        } else if before.as_ref() == Some(fresh) && typed == filled {
            // It was undone or refused: the words stay as they were typed.
            (*filled, *before) = (fresh.clone(), None);
        }
        follow(&mut typed.name, &mut filled.name, &fresh.name);
        follow(&mut typed.wall, &mut filled.wall, &fresh.wall);
        let mut stood = filled.remedy.clone();
        let mut new = fresh.remedy.clone();
        let texts = typed.remedy.texts().into_iter().zip(stood.texts()).zip(new.texts());
        for ((typed, filled), fresh) in texts {
            follow(typed, filled, fresh);
        }
        let times = typed.remedy.times().into_iter().zip(stood.times()).zip(new.times());
        for ((typed, filled), fresh) in times {
            follow(typed, filled, fresh);
        }
        filled.remedy = stood;
        fields
    }
}

/// What was not touched takes the fresh value; what agrees with it counts as untouched.
fn follow<T: Clone + PartialEq>(typed: &mut T, filled: &mut T, fresh: &T) {
    if typed == filled {
        typed.clone_from(fresh);
    }
    if typed == fresh {
        filled.clone_from(fresh);
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Typed {
    name: String,
    wall: bool,
    remedy: Remedy,
}

impl Typed {
    fn of(title: &str, problem: &Problem) -> Self {
        let known = problem.known.as_ref();
        Self {
            name: title.to_owned(),
            wall: known.is_some_and(|known| known.wall),
            remedy: known.map(|known| known.remedy.clone()).unwrap_or_default(),
        }
    }
}

pub fn problems_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    map: &mut MapLocal,
    out: &mut Vec<Command>,
) {
    if vacant(ui, state, tokens, text) {
        return;
    }
    let rect = ui.available_rect_before_wrap();
    let [left, right] = columns(rect, tokens.size.gap, [1.15, 1.0]);
    let [upper, lower] = rows(left, tokens.size.gap, [1.9, 1.0]);
    panel_rect(ui, upper, tokens, |ui| list_ui(ui, state, tokens, text, out));
    let [days, place] = columns(lower, tokens.size.gap, [1.6, 1.0]);
    panel_rect(ui, days, tokens, |ui| days_ui(ui, state, tokens, text));
    panel_rect(ui, place, tokens, |ui| place_ui(ui, state, tokens, text, map));
    panel_rect(ui, right, tokens, |ui| match state.problems.shown() {
        Some(problem) => one_ui(ui, state, problem, tokens, text, local, out),
        None => empty(ui, tokens, text.t("problem-none-chosen"), ""),
    });
    freshness::veil(ui, rect, state, tokens);
}

/// Where the shown one is.
fn place_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, map: &mut MapLocal) {
    let shown = state.problems.shown();
    let Some(problem) = shown.filter(|it| it.about.as_ref().is_some_and(|it| it.center.is_some()))
    else {
        empty(ui, tokens, text.t("problem-nowhere"), "");
        return;
    };
    map.problem_ui(ui, ui.available_rect_before_wrap(), state, tokens, text, problem);
}

/// The shown one by the day.
fn days_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text) {
    let shown = state.problems.shown();
    let about = shown.and_then(|problem| problem.about.as_ref());
    let title = shown.map_or_else(String::new, |problem| names::problem(state, text, problem));
    heading(ui, tokens, text.t("problem-by-day"), &title);
    let Some(about) = about else {
        empty(ui, tokens, text.t("empty-no-data"), "");
        return;
    };
    let series = [Series {
        name: text.t("kpi-received"),
        color: tokens.color.accent,
        values: about.by_day.iter().map(|count| Some(f64::from(*count))).collect(),
    }];
    let today = Timestamp(state.now).local_day().0;
    let show = |value: f64| format::count(value.round() as i64);
    let lines = DayLines {
        label: text.t("problem-by-day"),
        first_day: today + 1 - about.by_day.len() as i32,
        series: &series,
        height: ui.available_height(),
        show: &show,
        show_mark: &show,
    };
    day_lines(ui, tokens, text, &lines);
}

/// «найдена», «подтверждена», «отслеживается», «закрыта».
fn stands(text: &Text, problem: &Problem) -> String {
    let Some(known) = &problem.known else { return text.t("problem-found").to_owned() };
    known.state.map_or("", |state| names::problem_state(text, state)).to_owned()
}

fn list_ui(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let days = text.with("problems-days", &[("n", LOOKED_AT_DAYS.into())]);
    explained_note(ui, tokens, text, text.t("nav-problems"), &days, "how-problems");
    let Some(found) = &state.problems.found else {
        empty(ui, tokens, text.t("problems-looking"), "");
        return;
    };
    if found.is_empty() {
        empty(ui, tokens, text.t("problems-none"), text.t("problems-none-why"));
        return;
    }
    let column = |title, share, align| Column { title: text.t(title), share, align };
    let heads = [
        column("problem-name", 3.2, Align::Left),
        column("problem-count", 0.8, Align::Right),
        column("problem-day", 0.9, Align::Right),
        column("kpi-open", 0.8, Align::Right),
        column("kpi-overdue", 0.9, Align::Right),
        column("problem-stands", 1.3, Align::Right),
    ];
    let shown = state.problems.shown().map(|problem| problem.key.clone());
    let lines: Vec<table::Line> = found
        .iter()
        .map(|problem| {
            let chosen = Some(&problem.key) == shown.as_ref();
            line(state, problem, chosen, tokens, text, &heads)
        })
        .collect();
    if let Some(index) = figure_table(ui, tokens, "problems", &heads, &lines) {
        out.push(Command::Problems(ProblemsCommand::Choose(found[index].key.clone())));
    }
}

fn line(
    state: &State,
    problem: &Problem,
    chosen: bool,
    tokens: &Tokens,
    text: &Text,
    heads: &[Column<'_>],
) -> table::Line {
    let color = &tokens.color;
    let ink = if problem.is_open() { color.text_strong } else { color.text_dim };
    let cell =
        |shown: String, ink, note: String| Figure { shown, ink, note, note_ink: color.text_dim };
    let about = problem.about.as_ref();
    let begun = about.map_or_else(
        || problem.known.as_ref().map_or(0, |known| known.started),
        |about| about.started,
    );
    let since =
        text.with("problem-since", &[("at", format::moment(text, begun, state.now).into())]);
    let figure = |value: Option<u32>| value.map_or("–".to_owned(), format::count);
    let change = about.map(|it| i64::from(it.day) - i64::from(it.day_before));
    let overdue = about.map(|about| about.overdue);
    let is_late = overdue.is_some_and(|overdue| overdue > 0);
    let waits = problem.known.as_ref().is_some_and(|known| known.remedy.waits_for_curator());
    let note = match (problem.is_unsent, waits) {
        (true, _) => text.t("problem-unsent"),
        (false, true) => text.t("problem-waits-for-curator"),
        (false, false) => "",
    };
    let stands_ink = if problem.known.is_none() { color.warn } else { color.text_soft };
    let cells = vec![
        cell(names::problem(state, text, problem), ink, since),
        cell(format::count(problem.members.len() as u32), ink, String::new()),
        cell(
            figure(about.map(|about| about.day)),
            ink,
            change.map(format::signed).unwrap_or_default(),
        ),
        cell(figure(about.map(|about| about.open)), color.text_soft, String::new()),
        cell(figure(overdue), if is_late { color.alarm } else { color.text_soft }, String::new()),
        cell(stands(text, problem), stands_ink, note.to_owned()),
    ];
    let words = heads.iter().zip(&cells).skip(1);
    let words: Vec<String> = words
        .map(|(head, cell)| format!("{}: {} {}", head.title, cell.shown, cell.note))
        .map(|words| words.trim_end().to_owned())
        .collect();
    let said = format!("{}\n{}\n{}", cells[0].shown, cells[0].note, words.join("\n"));
    table::Line { cells, chosen, said }
}

fn one_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    let color = &tokens.color;
    let title = names::problem(state, text, problem);
    let fresh = Typed::of(&title, problem);
    let fields = local.of(&problem.key, &fresh, state.outbox.office());
    let n = format::n_text(text, problem.members.len() as u32);
    heading(ui, tokens, &title, &format!("{} · {n}", stands(text, problem)));
    ScrollArea::vertical().id_salt("problem").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 5.0;
        if let Some(about) = &problem.about {
            let moment = |at: u32| format::moment(text, at, state.now);
            let place = names::municipality(state, text, about.municipality);
            let day = text.with(
                "problem-day-and-before",
                &[
                    ("day", format::count(about.day).into()),
                    ("before", format::count(about.day_before).into()),
                ],
            );
            let open = text.with(
                "problem-open-and-overdue",
                &[
                    ("open", format::count(about.open).into()),
                    ("overdue", format::count(about.overdue).into()),
                ],
            );
            for (key, value) in [
                ("filter-municipality", place),
                ("problem-begun", &moment(about.started)),
                ("problem-last", &moment(about.last)),
                ("problem-growth", &day),
                ("problem-answers", &open),
            ] {
                fact(ui, tokens, text.t(key), value, color.text_strong);
            }
        } else {
            quiet(ui, tokens, text.t("problem-without-incidents"));
        }
        ui.add_space(tokens.size.gap * 0.5);
        act::act_ui(ui, state, problem, tokens, text, &mut fields.typed, out);
        ui.add_space(tokens.size.gap * 0.5);
        groups_ui(ui, state, problem, tokens, text, out);
        samples_ui(ui, state, problem, tokens, text, out);
    });
}

/// Of which topics, and with which bodies.
fn groups_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let Some(about) = &problem.about else { return };
    let bar = |name: &str, count: u32| Bar {
        name: name.to_owned(),
        value: f64::from(count),
        shown: format::count(count),
        note: String::new(),
        color: tokens.color.accent,
        chosen: false,
    };
    let group = |ui: &mut Ui, key: &str, bars: &[Bar]| {
        quiet(ui, tokens, text.t(key));
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            bar_list(ui, tokens, key, bars)
        })
        .inner
    };
    let topics: Vec<_> = about.topics.iter().take(LISTED).collect();
    let bars: Vec<_> =
        topics.iter().map(|(topic, n)| bar(names::topic(state, text, *topic), *n)).collect();
    if let Some(index) = group(ui, "problem-topics", &bars) {
        out.push(Command::ToggleTopic(topics[index].0));
    }
    let bodies: Vec<_> = about.bodies.iter().take(LISTED).collect();
    let bars: Vec<_> =
        bodies.iter().map(|(body, n)| bar(names::body(state, text, *body), *n)).collect();
    if let Some(index) = group(ui, "problem-bodies", &bars) {
        out.push(Command::ToggleBody(bodies[index].0));
    }
}

/// The newest in their own (masked) words.
fn samples_ui(
    ui: &mut Ui,
    state: &State,
    problem: &Problem,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    if problem.samples.is_empty() {
        return;
    }
    ui.add_space(tokens.size.gap * 0.5);
    quiet(ui, tokens, text.t("problem-samples"));
    for row in &problem.samples {
        let said =
            if row.summary.is_empty() { names::title(state, text, row) } else { &row.summary };
        let said = format!("{} · {said}", format::moment_short(text, row.received, state.now));
        let body = font(tokens.size.body, Weight::Regular);
        let words = egui::RichText::new(&said).font(body).color(tokens.color.text_soft);
        let link = ui.add(egui::Label::new(words).truncate().sense(egui::Sense::click()));
        widgets::name(&link, egui::Role::Link, &said);
        if link.clicked() {
            out.push(Command::OpenIncident(row.row_id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, wall: bool, cause: &str) -> Typed {
        let remedy = Remedy { cause: cause.to_owned(), ..Remedy::default() };
        Typed { name: name.to_owned(), wall, remedy }
    }

    #[test]
    fn what_was_not_touched_follows_and_what_was_typed_stays() {
        let (mut local, key) = (Local::default(), ProblemKey::Known("p-1".to_owned()));
        local.of(&key, &typed("Смог", true, ""), "A").typed.remedy.cause = "котельная".to_owned();
        // Somebody else renames it, and takes it from the wall.
        let fields = local.of(&key, &typed("Смог в городе", false, ""), "A");
        assert_eq!(fields.typed, typed("Смог в городе", false, "котельная"));
        // What was undone is there as it was typed, to be saved again.
        let mut undone = local.clone();
        let saved = typed("Смог в городе", false, "котельная");
        assert_eq!(undone.of(&key, &saved, "A").typed, saved);
        undone.of(&ProblemKey::Found(3), &typed("Вода", false, ""), "A");
        let fields = undone.of(&key, &typed("Смог в городе", false, ""), "A");
        assert_eq!((fields.typed == saved, fields.filled == saved), (true, false));
        // Another problem is looked at meanwhile.
        local.of(&ProblemKey::Found(3), &typed("Вода", false, ""), "A");
        let fields = local.of(&key, &typed("Смог в городе", false, ""), "A");
        assert_eq!(fields.typed.remedy.cause, "котельная");
        // It was saved, and then changed by somebody else.
        local.of(&key, &typed("Смог в городе", false, "котельная"), "A").typed.name.push(' ');
        local.of(&key, &typed("Смог в городе", false, "котельная"), "A");
        let fields = local.of(&key, &typed("Дым", false, "печи"), "A");
        assert_eq!(fields.typed, typed("Дым", false, "печи"));
        // What one office typed is not another's.
        fields.typed.name = "Недописа".to_owned();
        let fields = local.of(&key, &typed("Дым", false, "печи"), "B");
        assert_eq!(fields.typed.name, "Дым");
    }
}
