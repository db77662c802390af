//! The filter as flags, shared by `stats` and `render`.

use anyhow::Context as _;
use chrono::NaiveDate;

use super::WrongUse;
use crate::app::Command;
use crate::app::state::PeriodChoice;
use crate::board::Vocabulary;
use crate::board::filter::{Filter, Span};
use crate::domain::catalogue::Catalogue;
use crate::domain::name::fold;
use crate::domain::{Block, LocalDay, Period, Regime, Source, Status};

/// What is looked at; flags of one kind join by «or», different kinds by «and».
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct FilterArgs {
    /// day, week, four-weeks, quarter, year or all
    #[arg(long, value_parser = period, conflicts_with_all = ["from", "to"])]
    period: Option<PeriodChoice>,
    /// First local day of receipt (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", requires = "to")]
    from: Option<NaiveDate>,
    /// Last local day of receipt (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<NaiveDate>,
    /// Municipality by OKTMO or name; may be given again, as the flags below
    #[arg(long, value_name = "OKTMO|NAME", value_parser = municipality)]
    municipality: Vec<u8>,
    /// Settlement by name
    #[arg(long, value_name = "NAME")]
    settlement: Vec<String>,
    /// Sector by its key, for example zhkh
    #[arg(long, value_name = "KEY", value_parser = block)]
    block: Vec<Block>,
    /// Node of the taxonomy by its code; stands for all under it
    #[arg(long, value_name = "CODE")]
    topic: Vec<String>,
    /// Body by its id on the server or its name
    #[arg(long, value_name = "ID|NAME")]
    body: Vec<String>,
    /// Regime by its key, for example fz59
    #[arg(long, value_name = "KEY", value_parser = regime)]
    regime: Vec<Regime>,
    /// Source by its key, for example vk
    #[arg(long, value_name = "KEY", value_parser = source)]
    source: Vec<Source>,
    /// Status by its key, for example new; rejected and merged count only when named
    #[arg(long, value_name = "KEY", value_parser = status)]
    status: Vec<Status>,
    /// Only what is overdue
    #[arg(long)]
    overdue: bool,
    /// Only what has no coordinates
    #[arg(long)]
    unplaced: bool,
    /// Only what the full-text search finds for these words
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

/// A filter by the numbers of a store.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    /// `None` where no period was named.
    pub period: Option<PeriodChoice>,
    /// Without span and text.
    pub filter: Filter,
    pub text: Option<String>,
}

fn period(text: &str) -> Result<PeriodChoice, String> {
    Ok(match text {
        "day" => PeriodChoice::Day,
        "week" => PeriodChoice::Week,
        "four-weeks" => PeriodChoice::FourWeeks,
        "quarter" => PeriodChoice::Quarter,
        "year" => PeriodChoice::Year,
        "all" => PeriodChoice::All,
        _ => return Err("use day, week, four-weeks, quarter, year or all".to_owned()),
    })
}

fn municipality(text: &str) -> Result<u8, String> {
    let catalogue = Catalogue::embedded();
    let by_oktmo = || catalogue.municipality_by_oktmo(text.parse().ok()?);
    by_oktmo()
        .or_else(|| catalogue.municipality_by_alias(text))
        .ok_or_else(|| "no municipality has this OKTMO or name".to_owned())
}

fn block(text: &str) -> Result<Block, String> {
    of_key(text, Block::ALL, Block::key)
}

fn regime(text: &str) -> Result<Regime, String> {
    of_key(text, Regime::ALL, Regime::key)
}

fn source(text: &str) -> Result<Source, String> {
    of_key(text, Source::ALL, Source::key)
}

fn status(text: &str) -> Result<Status, String> {
    of_key(text, Status::ALL, Status::key)
}

/// A word of a fixed vocabulary; a wrong one lists them all.
fn of_key<T: Copy>(text: &str, all: &[T], key: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| key(*one) == text).ok_or_else(|| {
        let keys: Vec<_> = all.iter().map(|one| key(*one)).collect();
        format!("use one of {}", keys.join(", "))
    })
}

impl FilterArgs {
    /// Finds the numbers behind the words.
    ///
    /// # Errors
    /// One sentence that names the word that is not known.
    pub(super) fn choose(&self, vocabulary: &Vocabulary) -> anyhow::Result<Chosen> {
        let settlements = self.settlement.iter().map(|word| {
            let known = vocabulary.settlements.iter().position(|name| fold(name) == fold(word));
            numbered(known, "settlement of that name is stored", word)
        });
        let topics = self.topic.iter().map(|word| {
            let known = vocabulary.topics.iter().position(|topic| topic.code == *word);
            numbered(known, "topic has that code", word)
        });
        let bodies = self.body.iter().map(|word| {
            let known = vocabulary.bodies.iter().position(|body| {
                body.id == *word
                    || [&body.name, &body.short].iter().any(|it| fold(it) == fold(word))
            });
            numbered(known, "body has that id or name", word)
        });
        let filter = Filter {
            municipalities: self.municipality.iter().copied().collect(),
            settlements: settlements.collect::<anyhow::Result<_>>()?,
            topics: topics.collect::<anyhow::Result<_>>()?,
            bodies: bodies.collect::<anyhow::Result<_>>()?,
            blocks: self.block.iter().map(|block| block.index()).collect(),
            regimes: self.regime.iter().map(|regime| regime.index()).collect(),
            sources: self.source.iter().map(|source| source.index()).collect(),
            statuses: self.status.iter().map(|status| status.index()).collect(),
            overdue_only: self.overdue,
            unplaced_only: self.unplaced,
            ..Filter::default()
        };
        let text = self.text.clone().filter(|text| !text.trim().is_empty());
        Ok(Chosen { period: self.chosen_period()?, filter, text })
    }

    fn chosen_period(&self) -> anyhow::Result<Option<PeriodChoice>> {
        let (Some(from), Some(to)) = (self.from, self.to) else { return Ok(self.period) };
        if to < from {
            return Err(WrongUse(format!("--to {to} lies before --from {from}")).into());
        }
        let days = Period::of_days(LocalDay::from_date(from), LocalDay::from_date(to));
        Ok(Some(PeriodChoice::Brushed(Span { from: days.from.0, to: days.to.0 })))
    }
}

/// Entry 0 of every vocabulary is «none».
fn numbered(position: Option<usize>, what: &str, word: &str) -> anyhow::Result<u16> {
    let number = position.filter(|&number| number > 0);
    number.map(|number| number as u16).with_context(|| format!("no {what}: `{word}`"))
}

impl Chosen {
    /// What a person at the desk would do to choose the same.
    pub(super) fn commands(&self) -> Vec<Command> {
        let Filter {
            municipalities,
            settlements,
            blocks,
            topics,
            bodies,
            regimes,
            sources,
            statuses,
            overdue_only,
            unplaced_only,
            ..
        } = &self.filter;
        let mut commands: Vec<Command> = self.period.map(Command::SetPeriod).into_iter().collect();
        commands.extend(municipalities.iter().copied().map(Command::ToggleMunicipality));
        commands.extend(settlements.iter().copied().map(Command::ToggleSettlement));
        commands.extend(blocks.iter().copied().map(Command::ToggleBlock));
        commands.extend(topics.iter().copied().map(Command::ToggleTopic));
        commands.extend(bodies.iter().copied().map(Command::ToggleBody));
        commands.extend(regimes.iter().copied().map(Command::ToggleRegime));
        commands.extend(sources.iter().copied().map(Command::ToggleSource));
        commands.extend(statuses.iter().copied().map(Command::ToggleStatus));
        commands.extend(overdue_only.then_some(Command::ToggleOverdueOnly));
        commands.extend(unplaced_only.then_some(Command::ToggleUnplacedOnly));
        commands.extend(self.text.clone().map(Command::Search));
        commands
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::board::vocabulary::{BodyEntry, TopicEntry};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        filter: FilterArgs,
    }

    fn chosen(line: &str) -> anyhow::Result<Chosen> {
        let args = std::iter::once("pult").chain(line.split_whitespace());
        let topic = TopicEntry { code: "roads.yard".to_owned(), ..TopicEntry::default() };
        let body = BodyEntry { id: "b-7".to_owned(), ..BodyEntry::default() };
        let vocabulary = Vocabulary {
            topics: vec![TopicEntry::default(), topic],
            bodies: vec![BodyEntry::default(), body],
            settlements: vec![String::new(), "Abakan".to_owned()],
            offices: Vec::new(),
        };
        Line::try_parse_from(args)?.filter.choose(&vocabulary)
    }

    #[test]
    fn flags_become_the_filter_and_the_commands_that_choose_it() {
        let chosen = chosen(
            "--period week --municipality 95701000 --settlement abakan --topic roads.yard \
             --body b-7 --block roads --regime fz59 --source vk --source telegram --status new \
             --overdue --unplaced --text snow",
        )
        .unwrap();
        let filter = &chosen.filter;
        assert_eq!((filter.municipalities.len(), filter.sources.len()), (1, 2));
        assert_eq!((&filter.settlements, &filter.topics), (&[1].into(), &[1].into()));
        assert_eq!(filter.bodies, [1].into());
        assert!(filter.overdue_only && filter.unplaced_only && filter.span.is_none());
        assert_eq!(
            (chosen.period, chosen.text.as_deref()),
            (Some(PeriodChoice::Week), Some("snow"))
        );
        assert_eq!(chosen.commands().len(), 13);
    }

    #[test]
    fn days_are_whole_local_days() {
        let chosen = chosen("--from 2026-11-01 --to 2026-11-30").unwrap();
        let Some(PeriodChoice::Brushed(span)) = chosen.period else { panic!("{chosen:?}") };
        assert_eq!(span.to - span.from, 30 * 86_400);
    }

    #[test]
    fn a_word_that_is_not_known_is_named() {
        for (line, word) in [
            ("--municipality 12345678", "12345678"),
            ("--settlement Atlantis", "Atlantis"),
            ("--topic no.such", "no.such"),
            ("--body b-9", "b-9"),
            ("--block space", "space"),
            ("--status limbo", "limbo"),
            ("--period month", "four-weeks"),
            ("--from 2026-11-30 --to 2026-11-01", "before"),
            ("--from 2026-11-30", "--to"),
            ("--period week --from 2026-11-01 --to 2026-11-30", "--from"),
        ] {
            let message = chosen(line).unwrap_err().to_string();
            assert!(message.contains(word), "{line}: {message}");
        }
    }
}
