//! A digest of the period in words: the same lines for the screen and a messenger.

use super::freshness::{Staleness, quiet_key};
use super::text::Text;
use super::{figures, format, names};
use chrono::Datelike as _;

use crate::app::State;
use crate::app::indicators::Measured;
use crate::board::aggregates::Surprise;
use crate::board::filter::Filter;
use crate::board::indicators::Value;
use crate::board::mood::{Beside, Mood, Verdict};
use crate::board::period_changes::PeriodChange;
use crate::board::problems::About;
use crate::board::row::NONE;
use crate::domain::indicator::{Indicator, Kind, Measure};
use crate::domain::mask::mask;
use crate::domain::{LocalDay, Timestamp};
use crate::store::problems::StoredProblem;

/// A period in which what stands out now is a sign.
const SHORT_SECS: u32 = 8 * 86_400;

/// Lines of a part that are told.
const MOST: usize = 6;

/// Indicators that are told, in this order.
const TOLD: [Measure; 12] = [
    Measure::Received,
    Measure::Closed,
    Measure::Open,
    Measure::Overdue,
    Measure::OnTime,
    Measure::FirstAnswerTime,
    Measure::CloseTime,
    Measure::Returned,
    Measure::Reopened,
    Measure::Repeated,
    Measure::Quality,
    Measure::Satisfaction,
];

/// Words for what [`figures::compare`] compares with, told of periods shorter than this:
/// a week beside the last seven days is beside itself.
const BESIDE: [(&str, u32); 4] = [
    ("digest-previous", u32::MAX),
    ("digest-year-ago", u32::MAX),
    ("digest-mean-7", 7 * 86_400),
    ("digest-mean-28", 28 * 86_400),
];

/// A part under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    pub lines: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub title: String,
    /// `None` where the history is too short to say.
    pub mood: Option<Mood>,
    /// The verdict and its reason.
    pub verdict: String,
    pub parts: Vec<Part>,
}

impl Digest {
    pub fn of(state: &State, text: &Text) -> Self {
        let verdict = verdict(state);
        let stands_out = !state.aggregates.surprises.is_empty() && runs(state) && is_short(state);
        let mood = verdict.as_ref().ok().map(|verdict| verdict.mood(stands_out));
        Self {
            title: title(state, text),
            mood,
            verdict: reason(state, text, verdict.as_ref(), mood),
            parts: [
                Some(figures(state, text)),
                Some(problems(state, text)),
                // What stands out now says nothing of a time that is past.
                if runs(state) { Some(changes(state, text)) } else { period_changes(state, text) },
                Some(critical(state, text)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }

    /// For a messenger.
    pub fn plain(&self) -> String {
        let mut said = vec![self.title.clone(), self.verdict.clone()];
        for Part { title, lines } in &self.parts {
            said.extend([String::new(), title.clone()]);
            said.extend(lines.iter().map(|line| format!("• {line}")));
        }
        said.join("\n")
    }
}

/// Of what it is a digest, with real dates, and as of when.
fn title(state: &State, text: &Text) -> String {
    let filter = &state.aggregates.key.filter;
    let mut parts = vec![text.t("digest-title").to_owned(), text.t("region-name").to_owned()];
    let places = filter.municipalities.iter().map(|it| names::municipality(state, text, *it));
    let blocks = filter.blocks.iter().map(|block| names::block(state, text, *block));
    let chosen: Vec<&str> = places.chain(blocks).collect();
    if !chosen.is_empty() {
        parts.push(chosen.join(", "));
    }
    let others = Filter {
        span: filter.span,
        municipalities: filter.municipalities.clone(),
        blocks: filter.blocks.clone(),
        ..Filter::default()
    };
    if *filter != others {
        parts.push(text.t("digest-other-choices").to_owned());
    }
    let date = |secs: u32| {
        let at = format::local(secs);
        format!("{:02}.{:02}.{}", at.day(), at.month(), at.year())
    };
    parts.push(match filter.span {
        Some(span) => {
            let last = span.to.saturating_sub(1);
            let gone = if span.from > state.now { last } else { last.min(state.now) };
            let (from, to) = (date(span.from), date(gone));
            if from == to { from } else { format!("{from}–{to}") }
        }
        None => text.t("period-all").to_owned(),
    });
    if let Some(at) = state.known_at() {
        let at = format!("{}, {}", date(at), format::time(at));
        parts.push(text.with("digest-as-of", &[("at", at.into())]));
    }
    let demo = if state.demo { format!("[{}] ", text.t("demo-mark")) } else { String::new() };
    format!("{demo}{}", parts.join(" · "))
}

/// True where the period goes on: only then «now» belongs to it.
fn runs(state: &State) -> bool {
    state.aggregates.key.filter.span.is_none_or(|span| span.to > state.now)
}

/// In a long period one restless place of today is no sign.
fn is_short(state: &State) -> bool {
    let span = state.aggregates.key.filter.span;
    span.is_some_and(|span| span.to - span.from <= SHORT_SECS)
}

/// Of the whole days of the period, or the key of the words for why there is none.
fn verdict(state: &State) -> Result<Verdict, &'static str> {
    let filter = &state.aggregates.key.filter;
    let span = filter.span.ok_or("digest-no-verdict")?;
    if !filter.is_at_receipt() {
        return Err("digest-of-states");
    }
    let today = Timestamp(state.now).local_day().0;
    let from = Timestamp(span.from).local_day();
    let from = from.0 + i32::from(span.from > from.start().0);
    let to = Timestamp(span.to).local_day().0.min(today);
    if from >= to {
        return Err("digest-no-whole-day");
    }
    if !state.knows_until(LocalDay(to)) {
        return Err("digest-stale");
    }
    Verdict::of(&state.aggregates.by_day, from, to).ok_or("digest-no-verdict")
}

fn reason(
    state: &State,
    text: &Text,
    verdict: Result<&Verdict, &&'static str>,
    mood: Option<Mood>,
) -> String {
    let (verdict, mood) = match (verdict, mood) {
        (Ok(verdict), Some(mood)) => (verdict, mood),
        (Err(why), _) => return text.t(why).to_owned(),
        (Ok(_), None) => return text.t("digest-no-verdict").to_owned(),
    };
    let word = text.t(mood_key(mood));
    let mut reasons = vec![beside(text, "digest-received", &verdict.received)];
    // What points the other way is no reason.
    if mood != Mood::Usual && verdict.overdue.mood() == mood {
        reasons.push(beside(text, "digest-overdue", &verdict.overdue));
    }
    let first = state.aggregates.surprises.first();
    if let Some(first) = first.filter(|_| runs(state) && is_short(state)) {
        let words =
            [("what", cell(state, text, first).into()), ("n", format::count(first.count).into())];
        reasons.push(text.with("digest-stands-out", &words));
    }
    let spans = text.with("digest-spans", &[("n", (verdict.spans as u32).into())]);
    format!("{word}: {} ({spans})", reasons.join("; "))
}

pub(super) fn mood_key(mood: Mood) -> &'static str {
    match mood {
        Mood::Calmer => "digest-calmer",
        Mood::Usual => "digest-usual",
        Mood::Tenser => "digest-tenser",
    }
}

/// «поступило 518 при обычных 218–381».
pub(super) fn beside(text: &Text, key: &str, beside: &Beside) -> String {
    text.with(
        key,
        &[
            ("n", format::count(beside.count).into()),
            ("low", format::count(beside.low.round() as i64).into()),
            ("high", format::count(beside.high.round() as i64).into()),
        ],
    )
}

/// Where there is more of what than usual.
fn cell(state: &State, text: &Text, it: &Surprise) -> String {
    let place = names::municipality(state, text, it.municipality);
    format!("{place} · {}", names::matter(state, text, it.matter))
}

/// What was measured of the period, once it was.
fn measured(state: &State) -> Option<&Measured> {
    let filter = &state.aggregates.key.filter;
    let measured = state.indicators.found.as_deref();
    measured.filter(|measured| measured.indicators.key.filter == *filter)
}

/// Those of the registry that are told, and what they are compared with; what was not
/// measured yet stands without.
fn figures(state: &State, text: &Text) -> Part {
    let lines = match measured(state) {
        Some(measured) => TOLD
            .iter()
            .filter_map(|measure| {
                let indicator = state.catalogue.indicators.of(*measure)?;
                figure(state, text, measured, indicator)
            })
            .collect(),
        None => counted(state, text),
    };
    Part { title: text.t("digest-figures").to_owned(), lines }
}

/// «В срок: 84,1 % (82,0–86,1 %, n = 1 204); до этого 79,0 % (+5,1 п. п.); год назад …»;
/// `None` where there is nothing to tell it from.
fn figure(
    state: &State,
    text: &Text,
    measured: &Measured,
    indicator: &Indicator,
) -> Option<String> {
    let now = &measured.line(indicator.measure).now;
    if now.value == Value::Nothing {
        return None;
    }
    let mut said =
        format!("{}: {}", indicator.name.short(text.language), figures::value(text, now));
    let beside = figures::beside(text, now);
    let n = format::n_text(text, now.n);
    if indicator.measure.kind() != Kind::Count {
        let few = now.n < state.catalogue.indicators.least_n();
        let few = few.then(|| text.t("indicator-few").to_owned());
        let notes = [beside, n, few.unwrap_or_default()];
        let notes: Vec<&str> =
            notes.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        said.extend([" (", &notes.join(", "), ")"]);
    }
    let compared = figures::compare(state, measured, indicator, text);
    let span = state.aggregates.key.filter.span;
    let length = span.map_or(u32::MAX, |span| span.to - span.from);
    for ((key, least), compared) in BESIDE.iter().zip(compared) {
        let Some((shown, change)) = compared.known().filter(|_| length < *least) else { continue };
        said.extend(["; ", text.t(key), " ", shown]);
        if !change.is_empty() {
            said.extend([" (", change, ")"]);
        }
    }
    Some(said)
}

/// What stands on the panels.
fn counted(state: &State, text: &Text) -> Vec<String> {
    let total = &state.aggregates.total;
    let counts = [
        ("kpi-received", total.received),
        ("word-closed", total.closed),
        ("kpi-open", total.open),
        ("kpi-overdue", total.overdue),
    ];
    let line = |(key, count): (&str, u32)| format!("{}: {}", text.t(key), format::count(count));
    let mut lines: Vec<String> = counts.into_iter().map(line).collect();
    let share = format::percent(text, total.on_time_share());
    let n = format::n_text(text, total.on_time_n());
    lines.push(format!("{}: {share} ({n})", text.t("kpi-on-time")));
    lines
}

/// Those that people have confirmed and that go on.
fn problems(state: &State, text: &Text) -> Part {
    let found = state.problems.found.iter().flat_map(|all| all.iter());
    let Filter { municipalities, blocks, .. } = &state.aggregates.key.filter;
    let block_of = |about: &Option<About>| {
        let (topic, _) = *about.as_ref()?.topics.first()?;
        state.vocabulary.topics.get(usize::from(topic)).map(|topic| topic.block)
    };
    let open = found.filter(|problem| problem.is_open()).filter_map(|problem| {
        let known = problem.known.as_ref()?;
        let is_here = municipalities.is_empty() || municipalities.contains(&known.municipality);
        let is_of_block = blocks.is_empty()
            || block_of(&problem.about).is_some_and(|block| blocks.contains(&block));
        (is_here && is_of_block).then_some((problem, known))
    });
    let open: Vec<_> = open.collect();
    let mut lines: Vec<String> = open
        .iter()
        .take(MOST)
        .map(|(problem, known)| {
            text.with(
                "digest-problem",
                &[
                    ("name", public_name(state, text, known, problem.about.as_ref()).into()),
                    ("n", format::count(problem.linked).into()),
                    ("day", format::count(problem.linked_day).into()),
                ],
            )
        })
        .collect();
    if open.len() > MOST {
        let more = (open.len() - MOST) as u32;
        lines.push(text.with("digest-more", &[("n", more.into())]));
    }
    if lines.is_empty() {
        let is_known = state.problems.found.is_some();
        let key = if is_known { "digest-no-problems" } else { "problems-looking" };
        lines.push(text.t(key).to_owned());
    }
    Part { title: text.t("digest-problems").to_owned(), lines }
}

/// The name where it may be shown to anybody, else topic and municipality.
fn public_name(state: &State, text: &Text, known: &StoredProblem, about: Option<&About>) -> String {
    if known.wall {
        return mask(&known.name).into_owned();
    }
    let topic = about.and_then(|about| about.topics.first()).map_or(NONE, |(topic, _)| *topic);
    let place = names::municipality(state, text, known.municipality);
    format!("{} · {place}", names::topic(state, text, topic))
}

/// What stands out now.
fn changes(state: &State, text: &Text) -> Part {
    let surprises = state.aggregates.surprises.iter().take(MOST);
    let mut lines: Vec<String> = surprises
        .map(|it| {
            let usual = format::usual(text, it.hours, (it.usual_low, it.usual_high));
            format!("{}: {} ({usual})", cell(state, text, it), format::count(it.count))
        })
        .collect();
    if lines.is_empty() {
        let staleness = Staleness::of_missed(state.sync.missed_syncs(state.now));
        lines.push(text.t(quiet_key(staleness, state.aggregates.is_usual_known)).to_owned());
    }
    let title = format!("{} {}", text.t("changed-title"), text.t("changed-period"));
    Part { title, lines }
}

/// What was unusual about a period that is over; `None` until it was counted.
fn period_changes(state: &State, text: &Text) -> Option<Part> {
    let measured = measured(state)?;
    let line = |change: &PeriodChange| {
        let place = names::municipality(state, text, change.municipality);
        let theme = names::topic(state, text, change.theme);
        let beside = beside(text, "digest-change", &change.beside);
        format!("{place} · {theme}: {beside}")
    };
    let mut lines = match &measured.changes {
        None => vec![text.t("digest-changes-unknown").to_owned()],
        Some(changes) if changes.is_empty() => vec![text.t("digest-changes-none").to_owned()],
        Some(changes) => changes.iter().take(MOST).map(line).collect(),
    };
    if measured.changes.is_some() {
        lines.push(text.t("digest-changes-how").to_owned());
    }
    Some(Part { title: text.t("digest-changes").to_owned(), lines })
}

/// Topics that are told even where nothing came.
fn critical(state: &State, text: &Text) -> Part {
    let lines = state.critical_topics().into_iter().map(|(name, received)| {
        format!("{}: {}", name.full(text.language), format::count(received))
    });
    Part { title: text.t("digest-critical").to_owned(), lines: lines.collect() }
}
