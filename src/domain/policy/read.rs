//! From the text of `policies.toml` to checked policies.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::super::calendar::{Mark, Window, minutes_of_day, plain_date};
use super::super::data_file::{DataError, DataFile};
use super::super::regime::Regime;
use super::super::topic::{Taxonomy, is_under};
use super::{Clock, Limit, MOST, Policies, Policy, Since, Stage, WARN};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPolicies {
    policy: Vec<Spanned<GivenPolicy>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPolicy {
    version: Box<str>,
    regime: Regime,
    valid_from: Option<Spanned<Datetime>>,
    window: Option<Spanned<GivenWindow>>,
    warn: Option<Spanned<u32>>,
    limit: Vec<Spanned<GivenLimit>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenWindow {
    from: Box<str>,
    to: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLimit {
    stage: Stage,
    topics: Option<Vec<Spanned<Box<str>>>>,
    clock: Clock,
    amount: u32,
    important: Option<u32>,
    from: Since,
    extension: Option<u32>,
    source: Box<str>,
    mark: Mark,
}

impl Policies {
    /// Refuses, with the line, a version that stands twice or is blank, policies of a
    /// regime that do not follow each other by `valid_from`, a limit without a source,
    /// a stage that is limited twice for the same topics, topics that are not in the
    /// taxonomy, amounts and a `warn` that are not 1–400, and working hours without a
    /// window.
    pub fn read(file: DataFile<'_>, taxonomy: &Taxonomy) -> Result<Self, DataError> {
        let given: GivenPolicies = file.parse_toml()?;
        let mut policies: Vec<Policy> = Vec::with_capacity(given.policy.len());
        for policy in given.policy {
            let span = policy.span();
            let refuse = |reason: &str| Err(file.error_at(span.clone(), reason));
            let given = policy.into_inner();
            if given.version.trim().is_empty() {
                return refuse("`version` is blank");
            }
            if policies.iter().any(|known| known.version == given.version) {
                return refuse("this version stands twice");
            }
            let valid_from = match &given.valid_from {
                Some(date) => match plain_date(date.get_ref()) {
                    Some(day) => Some(day),
                    None => return Err(file.error_at(date.span(), "`valid_from` is no date")),
                },
                None => None,
            };
            let before = policies.iter().rfind(|known| known.regime == given.regime);
            if before.is_some_and(|before| valid_from <= before.valid_from) {
                return refuse("`valid_from` is not later than that of the policy before");
            }
            let window =
                given.window.as_ref().map(|window| read_window(file, window)).transpose()?;
            if let Some(warn) = given.warn.as_ref().filter(|warn| !is_amount(*warn.get_ref())) {
                return Err(file.error_at(warn.span(), "`warn` is from 1 to 400 hours"));
            }
            let warn = given.warn.as_ref().map_or(WARN, |warn| *warn.get_ref());
            let limits = read_limits(file, &given.limit, window, taxonomy)?;
            let GivenPolicy { version, regime, .. } = given;
            policies.push(Policy { version, regime, valid_from, limits, warn });
        }
        Ok(Self(policies))
    }
}

const fn is_amount(amount: u32) -> bool {
    1 <= amount && amount <= MOST
}

fn read_window(file: DataFile<'_>, given: &Spanned<GivenWindow>) -> Result<Window, DataError> {
    let GivenWindow { from, to } = given.get_ref();
    let ends = minutes_of_day(from).zip(minutes_of_day(to));
    let window = ends.and_then(|(from, to)| Window::of_minutes(from, to));
    let reason = "`window` is from one time of the day to a later one, by more than an hour";
    window.ok_or_else(|| file.error_at(given.span(), reason))
}

fn read_limits(
    file: DataFile<'_>,
    given: &[Spanned<GivenLimit>],
    window: Option<Window>,
    taxonomy: &Taxonomy,
) -> Result<Vec<Limit>, DataError> {
    let mut limits: Vec<Limit> = Vec::with_capacity(given.len());
    for limit in given {
        let refuse = |reason: &str| Err(file.error_at(limit.span(), reason));
        let given = limit.get_ref();
        if given.source.trim().is_empty() {
            return refuse("a limit has no source");
        }
        let amounts = [Some(given.amount), given.important, given.extension];
        if !amounts.into_iter().flatten().all(is_amount) {
            return refuse("amounts are from 1 to 400");
        }
        if given.clock == Clock::WorkingHours && window.is_none() {
            return refuse("working hours want a `window` of the policy");
        }
        let mut of_stage = limits.iter().filter(|known| known.stage == given.stage);
        let topics = match &given.topics {
            None if of_stage.any(|known| known.topics.is_empty()) => {
                return refuse("this stage is limited twice");
            }
            None => Box::default(),
            Some(topics) if topics.is_empty() => return refuse("`topics` names none"),
            Some(topics) => {
                let before = of_stage.flat_map(|known| &known.topics).cloned().collect();
                read_topics(file, topics, before, taxonomy)?
            }
        };
        limits.push(Limit {
            stage: given.stage,
            topics,
            clock: given.clock,
            amount: given.amount,
            important: given.important,
            window,
            since: given.from,
            extension: given.extension,
            source: given.source.clone(),
            mark: given.mark,
        });
    }
    Ok(limits)
}

/// `before`: the topics that other limits of the stage name.
fn read_topics(
    file: DataFile<'_>,
    given: &[Spanned<Box<str>>],
    before: Vec<Box<str>>,
    taxonomy: &Taxonomy,
) -> Result<Box<[Box<str>]>, DataError> {
    let first = before.len();
    let mut all = before;
    for topic in given {
        let code = topic.get_ref();
        let refuse = |reason: String| Err(file.error_at(topic.span(), reason));
        if taxonomy.index_of(code).is_none() {
            return refuse(format!("there is no topic `{code}`"));
        }
        if let Some(known) = all.iter().find(|one| is_under(one, code) || is_under(code, one)) {
            return refuse(format!("`{code}` and `{known}` limit this stage twice"));
        }
        all.push(code.clone());
    }
    Ok(all.split_off(first).into())
}
