//! Block, topic and body proposed for the open incident, from what people have
//! decided before. Nothing here applies one.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::desk::Desk;
use super::lane::{Cancel, Lane};
use super::state::View;
use crate::board::Vocabulary;
use crate::board::row::NONE;
use crate::store::decisions::{Decision, Decisions};
use crate::store::details::IncidentDetails;
use crate::store::{self, Reader};
use crate::suggest::{Model, Suggestion};

/// Decisions that are learned at most, the newest.
const MOST_DECISIONS: usize = 200_000;
/// With fewer of them in the log, every incident that left «new» is one.
const FEWEST_DECISIONS: usize = 500;
/// What came after the training is learned one by one, until it is more than this
/// share of what was trained and this many more; then all is learned anew.
const ANEW_SHARE: usize = 10;
const ANEW_DECISIONS: usize = 500;
/// New decisions are looked for this often while somebody looks at incidents.
const PACE: Duration = Duration::from_secs(30);
/// Suggestions of each kind.
const SUGGESTED: usize = 3;

/// What one incident is likely to be. Likeliest first, at most three of each;
/// empty where nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestions {
    /// The incident's row id in the store.
    pub row_id: u32,
    /// Labels are `domain::Block::index()`.
    pub block: Vec<Suggestion>,
    /// Labels are numbers of the vocabulary, always of a fact.
    pub topic: Vec<Suggestion>,
    /// Labels are numbers of the vocabulary.
    pub body: Vec<Suggestion>,
    /// How many decisions they were learned from.
    pub decisions: u64,
}

/// The three models, and how far the log was read for them.
#[derive(Clone, Default)]
struct Models {
    block: Model,
    topic: Model,
    body: Model,
    log_row: i64,
    trained: usize,
    learned_since: usize,
}

struct Training {
    models: Option<Arc<Models>>,
    vocabulary: Arc<Vocabulary>,
}

struct Question {
    row_id: u32,
    text: String,
    models: Arc<Models>,
}

/// Learns in one lane and answers in another, so that an answer never waits for
/// the learning.
pub(super) struct Suggesting {
    training: Lane<Training, Arc<Models>>,
    answering: Lane<Question, Suggestions>,
    models: Option<Arc<Models>>,
    /// Board and moment of the last look at the decisions.
    looked: Option<(u64, Duration)>,
    /// The question that was asked last.
    asked: Option<(Arc<IncidentDetails>, Arc<Models>)>,
}

impl Suggesting {
    pub(super) fn start(reader: Reader, waker: &Waker) -> std::io::Result<Self> {
        Ok(Self {
            training: Lane::start("learning", waker.clone(), move |question, cancel| {
                learn(&reader, &question, cancel)
            })?,
            answering: Lane::start("suggestions", waker.clone(), |question, _| {
                Some(answer(&question))
            })?,
            models: None,
            looked: None,
            asked: None,
        })
    }

    /// Learns where that is due. `board` is the version of the board, `tick` the
    /// clock that only goes forward.
    pub(super) fn look(&mut self, vocabulary: &Arc<Vocabulary>, board: u64, tick: Duration) {
        let is_due =
            self.looked.is_none_or(|(known, at)| known != board && tick.saturating_sub(at) >= PACE);
        if is_due && !self.training.is_busy() {
            self.looked = Some((board, tick));
            let models = self.models.clone();
            self.training.ask(Training { models, vocabulary: Arc::clone(vocabulary) });
        }
    }

    /// Asks about the open incident, where nothing newer is known than what was
    /// asked already.
    pub(super) fn ask(&mut self, incident: &Arc<IncidentDetails>) {
        let Some(models) = &self.models else { return };
        let is_asked = self
            .asked
            .as_ref()
            .is_some_and(|(asked, by)| Arc::ptr_eq(asked, incident) && Arc::ptr_eq(by, models));
        if is_asked {
            return;
        }
        self.asked = Some((Arc::clone(incident), Arc::clone(models)));
        let written = incident.messages.iter().map(|message| &message.text);
        let text = written.chain([&incident.row.summary]).find(|text| !text.is_empty());
        self.answering.ask(Question {
            row_id: incident.row.row_id,
            text: text.cloned().unwrap_or_default(),
            models: Arc::clone(models),
        });
    }

    /// The answer about the incident that was asked last, once.
    pub(super) fn take(&mut self) -> Option<Suggestions> {
        if let Some(models) = self.training.take() {
            self.models = Some(models);
        }
        self.answering.take()
    }

    /// True while something is learned or answered.
    pub(super) fn is_busy(&self) -> bool {
        self.training.is_busy() || self.answering.is_busy()
    }
}

impl Desk {
    /// Learns while somebody looks at single incidents, and asks about the open
    /// one.
    pub(super) fn ask_suggestions(&mut self) {
        let open = &self.state.incident;
        if open.is_some() || matches!(self.state.view, View::Triage | View::Incidents) {
            let (version, tick) = (self.board.version(), self.moment.tick);
            self.suggesting.look(self.board.vocabulary(), version, tick);
        }
        if let Some(incident) = open {
            self.suggesting.ask(incident);
        }
    }

    /// What is proposed for an incident that was closed meanwhile is dropped.
    pub(super) fn take_suggestions(&mut self) -> bool {
        let Some(suggestions) = self.suggesting.take() else { return false };
        let open = self.state.incident.as_ref().map(|incident| incident.row.row_id);
        let is_open = open == Some(suggestions.row_id);
        if is_open {
            self.state.suggestions = Some(Arc::new(suggestions));
        }
        is_open
    }
}

fn answer(question: &Question) -> Suggestions {
    let Question { row_id, text, models } = question;
    Suggestions {
        row_id: *row_id,
        block: models.block.suggest(text, SUGGESTED),
        topic: models.topic.suggest(text, SUGGESTED),
        body: models.body.suggest(text, SUGGESTED),
        decisions: models.block.decision_count(),
    }
}

/// The newest models; the old ones where nothing new was decided or the store
/// could not be read.
fn learn(reader: &Reader, question: &Training, cancel: &Cancel) -> Option<Arc<Models>> {
    let learned = match &question.models {
        None => train(reader, &question.vocabulary, cancel),
        Some(models) => learn_newer(reader, models, &question.vocabulary, cancel),
    };
    match learned {
        Ok(models) => models,
        Err(_) if cancel.is_set() => None,
        Err(error) => {
            tracing::error!(%error, "past decisions could not be read");
            Some(question.models.clone().unwrap_or_default())
        }
    }
}

fn learn_newer(
    reader: &Reader,
    models: &Arc<Models>,
    vocabulary: &Vocabulary,
    cancel: &Cancel,
) -> Result<Option<Arc<Models>>, store::Error> {
    let Decisions { decisions, log_row } = reader.decisions_after(models.log_row, cancel.flag())?;
    if decisions.is_empty() && models.trained >= FEWEST_DECISIONS {
        return Ok(Some(Arc::clone(models)));
    }
    let since = models.learned_since + decisions.len();
    if models.trained < FEWEST_DECISIONS || since > models.trained / ANEW_SHARE + ANEW_DECISIONS {
        return train(reader, vocabulary, cancel);
    }
    let facts = Facts::of(vocabulary);
    let mut models = Models::clone(models);
    for decision in &decisions {
        let text = &decision.text;
        models.block.learn(text, u16::from(decision.block));
        if facts.contains(decision.topic) {
            models.topic.learn(text, decision.topic);
        }
        if decision.body != NONE {
            models.body.learn(text, decision.body);
        }
    }
    (models.log_row, models.learned_since) = (log_row, since);
    Ok(Some(Arc::new(models)))
}

/// Learns everything; `None` where it was cancelled.
fn train(
    reader: &Reader,
    vocabulary: &Vocabulary,
    cancel: &Cancel,
) -> Result<Option<Arc<Models>>, store::Error> {
    let Decisions { decisions, log_row } =
        reader.decisions(MOST_DECISIONS, FEWEST_DECISIONS, cancel.flag())?;
    Ok(Models::train(&decisions, vocabulary, cancel)
        .map(|models| Arc::new(Models { log_row, ..models })))
}

impl Models {
    fn train(decisions: &[Decision], vocabulary: &Vocabulary, cancel: &Cancel) -> Option<Self> {
        let facts = Facts::of(vocabulary);
        let named = |number: &u16| {
            let topic = vocabulary.topics.get(usize::from(*number));
            let above = topic.and_then(|topic| vocabulary.topics.get(usize::from(topic.parent)));
            let name = topic.map_or("", |topic| &topic.name);
            (format!("{name}. {}", above.map_or("", |above| &above.name)), topic)
        };
        let texts = |label: fn(&Decision) -> u16| {
            decisions.iter().map(move |decision| (decision.text.as_str(), label(decision)))
        };
        let stop = cancel.flag();
        let block = Model::train_with_names(
            facts.0.iter().map(|number| {
                let (name, topic) = named(number);
                (name, topic.map_or(0, |topic| u16::from(topic.block)))
            }),
            texts(|decision| u16::from(decision.block)),
            stop,
        )?;
        let topic = Model::train_with_names(
            facts.0.iter().map(|number| (named(number).0, *number)),
            texts(|decision| decision.topic).filter(|(_, topic)| facts.contains(*topic)),
            stop,
        )?;
        let bodies = (0..).zip(&vocabulary.bodies).skip(1);
        let body = Model::train_with_names(
            bodies.map(|(number, body)| (body.name.as_str(), number)),
            texts(|decision| decision.body).filter(|(_, body)| *body != NONE),
            stop,
        )?;
        Some(Self { block, topic, body, trained: decisions.len(), ..Self::default() })
    }
}

/// Numbers of the topics that have nothing under them, in order: only these are
/// proposed.
struct Facts(Vec<u16>);

impl Facts {
    fn of(vocabulary: &Vocabulary) -> Self {
        let mut has_under = vec![false; vocabulary.topics.len()];
        for topic in &vocabulary.topics {
            if let Some(above) = has_under.get_mut(usize::from(topic.parent)) {
                *above = true;
            }
        }
        // Number 0 is «none».
        let numbers = (0..).zip(&has_under).skip(1);
        Self(numbers.filter(|(_, has_under)| !**has_under).map(|(number, _)| number).collect())
    }

    fn contains(&self, topic: u16) -> bool {
        self.0.binary_search(&topic).is_ok()
    }
}
