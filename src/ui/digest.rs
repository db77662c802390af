//! A digest of the period in words: the same lines for the screen and a messenger.

use super::freshness::{Staleness, quiet_key};
use super::text::Text;
use super::{format, names};
use chrono::Datelike as _;

use crate::app::State;
use crate::board::aggregates::{Surprise, Totals};
use crate::board::filter::Filter;
use crate::board::mood::{Beside, Mood, Verdict};
use crate::board::problems::About;
use crate::board::row::NONE;
use crate::domain::Timestamp;
use crate::domain::mask::mask;
use crate::store::problems::StoredProblem;

/// A period in which what stands out now is a sign.
const SHORT_SECS: u32 = 8 * 86_400;

/// Lines of a part that are told.
const MOST: usize = 6;

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
                runs(state).then(|| changes(state, text)),
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
            let (from, to) = (date(span.from), date(span.to.saturating_sub(1).min(state.now)));
            if from == to { from } else { format!("{from}–{to}") }
        }
        None => text.t("period-all").to_owned(),
    });
    if let Some(at) = state.kept_at.or(state.sync.confirmed_at) {
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
    // Days that nobody was told of would look calm.
    let known = state.sync.confirmed_at.map_or(0, |at| Timestamp(at).local_day().0);
    if known < to {
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
    let word = text.t(match mood {
        Mood::Calmer => "digest-calmer",
        Mood::Usual => "digest-usual",
        Mood::Tenser => "digest-tenser",
    });
    let beside = |key: &str, beside: &Beside| {
        text.with(
            key,
            &[
                ("n", format::count(beside.count).into()),
                ("low", format::count(beside.low.round() as i64).into()),
                ("high", format::count(beside.high.round() as i64).into()),
            ],
        )
    };
    let mut reasons = vec![beside("digest-received", &verdict.received)];
    if verdict.overdue.mood() != Mood::Usual {
        reasons.push(beside("digest-overdue", &verdict.overdue));
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

/// Where there is more of what than usual.
fn cell(state: &State, text: &Text, it: &Surprise) -> String {
    let place = names::municipality(state, text, it.municipality);
    format!("{place} · {}", names::matter(state, text, it.matter))
}

/// Received, closed, open, overdue, on time, times.
fn figures(state: &State, text: &Text) -> Part {
    let Totals { received, closed, open, overdue, .. } = state.aggregates.total;
    let total = &state.aggregates.total;
    let compares = state.aggregates.key.filter.is_at_receipt();
    let before = state.aggregates.previous.filter(|_| compares);
    let before = before.map(|before| before.received).filter(|n| *n > 0);
    let change = before.map(|before| f64::from(received) / f64::from(before) - 1.0);
    let change = change.map(|change| format::change_percent(Some(change)));
    let mut lines = vec![text.with(
        "digest-came",
        &[
            ("n", format::count(received).into()),
            ("change", change.unwrap_or_else(|| "–".to_owned()).into()),
            ("closed", format::count(closed).into()),
        ],
    )];
    lines.push(text.with(
        "digest-open",
        &[("open", format::count(open).into()), ("overdue", format::count(overdue).into())],
    ));
    lines.push(text.with(
        "digest-on-time",
        &[
            ("share", format::percent(text, total.on_time_share()).into()),
            ("n", format::count(total.on_time_n()).into()),
        ],
    ));
    let answer = &state.aggregates.first_answer;
    lines.push(text.with(
        "digest-answer",
        &[
            ("median", format::duration_range(text, answer.quantile(0.5)).into()),
            ("n", format::count(answer.n()).into()),
        ],
    ));
    if total.rated > 0 {
        let mean = f64::from(total.rating_sum) / f64::from(total.rated);
        lines.push(text.with(
            "digest-rating",
            &[
                ("mean", format::decimal(text, mean, 2).into()),
                ("n", format::count(total.rated).into()),
            ],
        ));
    }
    Part { title: text.t("digest-figures").to_owned(), lines }
}

/// Those that people have confirmed and that go on.
fn problems(state: &State, text: &Text) -> Part {
    let found = state.problems.found.iter().flat_map(|all| all.iter());
    let places = &state.aggregates.key.filter.municipalities;
    let open = found.filter(|problem| problem.is_open()).filter_map(|problem| {
        let known = problem.known.as_ref()?;
        let is_here = places.is_empty() || places.contains(&known.municipality);
        is_here.then_some((problem, known))
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

/// Topics that are told even where nothing came.
fn critical(state: &State, text: &Text) -> Part {
    let by_topic = &state.aggregates.by_topic;
    let received = |code: &str| -> u32 {
        let number = state.vocabulary.topics.iter().position(|topic| topic.code == code);
        let Some(number) = number.map(|number| number as u16).filter(|it| *it != NONE) else {
            return 0;
        };
        let under =
            (0_u16..).zip(by_topic).filter(|(topic, _)| state.vocabulary.is_under(*topic, number));
        under.map(|(_, totals)| totals.received).sum()
    };
    let topics = state.catalogue.topics.topics().iter().filter(|topic| topic.is_critical);
    let lines = topics.map(|topic| {
        let name = topic.name.full(text.language);
        format!("{name}: {}", format::count(received(&topic.code)))
    });
    Part { title: text.t("digest-critical").to_owned(), lines: lines.collect() }
}
