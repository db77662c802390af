//! The registry of indicators: what is measured, in whose words, and why.

use serde::Deserialize;
use toml::Spanned;

use super::data_file::{DataError, DataFile};
use super::keyed::keyed_enum;
use super::name::{Language, Name};

keyed_enum! {
    /// How a figure is counted. The counting itself is in `board::indicators`.
    pub enum Measure {
        Received = "received",
        Closed = "closed",
        Open = "open",
        Overdue = "overdue",
        OnTime = "on_time",
        RegistrationTime = "registration_time",
        AssignTime = "assign_time",
        FirstAnswerTime = "first_answer_time",
        PrepareTime = "prepare_time",
        ApprovalTime = "approval_time",
        AfterAnswerTime = "after_answer_time",
        CloseTime = "close_time",
        Returned = "returned",
        Reopened = "reopened",
        Repeated = "repeated",
        Interim = "interim",
        Quality = "quality",
        ToThePoint = "to_the_point",
        Evasive = "evasive",
        Redirected = "redirected",
        Polite = "polite",
        Resolved = "resolved",
        Satisfaction = "satisfaction",
        Rated = "rated",
        Delivered = "delivered_by_itself",
        Answering = "bodies_answering",
        Unplaced = "unplaced",
        BacklogAge = "backlog_age",
    }
}

/// What kind of figure a measure gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Count,
    /// Of a count, 0–1.
    Share,
    /// Median and ninth decile of times.
    Duration,
    Mean,
}

impl Measure {
    pub const fn kind(self) -> Kind {
        match self {
            Self::Received | Self::Closed | Self::Open | Self::Overdue => Kind::Count,
            Self::OnTime
            | Self::Returned
            | Self::Reopened
            | Self::Repeated
            | Self::Interim
            | Self::ToThePoint
            | Self::Evasive
            | Self::Redirected
            | Self::Polite
            | Self::Resolved
            | Self::Rated
            | Self::Delivered
            | Self::Answering
            | Self::Unplaced => Kind::Share,
            Self::RegistrationTime
            | Self::AssignTime
            | Self::FirstAnswerTime
            | Self::PrepareTime
            | Self::ApprovalTime
            | Self::AfterAnswerTime
            | Self::CloseTime
            | Self::BacklogAge => Kind::Duration,
            Self::Quality | Self::Satisfaction => Kind::Mean,
        }
    }

    /// True for a state at the end of the span; else it is of what happened in it.
    pub const fn is_state(self) -> bool {
        matches!(self, Self::Open | Self::Overdue | Self::BacklogAge)
    }

    /// The unit in which it is told.
    pub const fn unit(self) -> Unit {
        match self.kind() {
            Kind::Count => Unit::Incidents,
            Kind::Share => Unit::Percent,
            Kind::Duration => Unit::Time,
            Kind::Mean => Unit::Points,
        }
    }
}

keyed_enum! {
    pub enum Unit {
        Incidents = "incidents",
        Percent = "percent",
        Time = "time",
        Points = "points",
    }
}

keyed_enum! {
    /// Where better lies.
    pub enum Direction {
        More = "more",
        Less = "less",
        /// It says nothing by itself.
        Neither = "neither",
    }
}

keyed_enum! {
    /// What the period means to a figure.
    pub enum Over {
        /// What happened in it.
        Period = "period",
        /// How things stood when it ended.
        End = "end",
    }
}

/// One indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    pub key: Box<str>,
    pub name: Name,
    formula_ru: Box<str>,
    formula_en: Box<str>,
    pub measure: Measure,
    pub direction: Direction,
    /// What is aimed at, in the unit (per cent, points, hours, incidents); `None` until
    /// somebody who may has set it.
    pub target: Option<f64>,
    /// Who asks for it.
    pub source: Box<str>,
}

impl Indicator {
    /// How it is counted, in words.
    pub fn formula(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.formula_ru,
            Language::En => &self.formula_en,
        }
    }
}

/// All indicators, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicators {
    all: Vec<Indicator>,
    least_n: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenIndicators {
    least_n: Spanned<u32>,
    indicator: Vec<Spanned<GivenIndicator>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenIndicator {
    key: Box<str>,
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
    formula_ru: Box<str>,
    formula_en: Box<str>,
    measure: Measure,
    unit: Unit,
    over: Over,
    direction: Direction,
    target: Option<f64>,
    source: Box<str>,
}

impl Indicators {
    /// Refuses, with the line, a measure that does not exist, a key that stands twice,
    /// a blank name, formula or source, a unit or period that is not the measure's, a
    /// target that cannot be reached, and a least n of less than 5.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenIndicators = file.parse_toml()?;
        let least_n = *given.least_n.get_ref();
        if least_n < 5 {
            return Err(file.error_at(given.least_n.span(), "`least_n` is at least 5"));
        }
        let mut indicators: Vec<Indicator> = Vec::with_capacity(given.indicator.len());
        for one in given.indicator {
            let span = one.span();
            let refuse = |reason: String| Err(file.error_at(span.clone(), reason));
            let given = one.into_inner();
            let measure = given.measure;
            if given.key.trim().is_empty() || indicators.iter().any(|it| it.key == given.key) {
                return refuse(format!("the key `{}` is blank or stands twice", given.key));
            }
            let name = Name::new(given.ru, given.ru_short, given.en, given.en_short);
            let words = [&given.formula_ru, &given.formula_en, &given.source];
            if !name.is_complete() || words.iter().any(|word| word.trim().is_empty()) {
                return refuse(format!("`{}` lacks a name, a formula or a source", given.key));
            }
            if given.unit != measure.unit() {
                return refuse(format!("`{measure}` is told in `{}`", measure.unit()));
            }
            let over = if measure.is_state() { Over::End } else { Over::Period };
            if given.over != over {
                return refuse(format!("`{measure}` is counted over `{over}`"));
            }
            let most = if given.unit == Unit::Percent { 100.0 } else { f64::MAX };
            if given.target.is_some_and(|target| !(0.0..=most).contains(&target)) {
                return refuse(format!("no such target of `{}` can be reached", given.key));
            }
            indicators.push(Indicator {
                key: given.key,
                name,
                formula_ru: given.formula_ru,
                formula_en: given.formula_en,
                measure,
                direction: given.direction,
                target: given.target,
                source: given.source,
            });
        }
        Ok(Self { all: indicators, least_n })
    }

    pub fn all(&self) -> &[Indicator] {
        &self.all
    }

    /// Of fewer than these nothing is ranked, and a figure says that they are few.
    pub const fn least_n(&self) -> u32 {
        self.least_n
    }

    pub fn of(&self, measure: Measure) -> Option<&Indicator> {
        self.all.iter().find(|indicator| indicator.measure == measure)
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Catalogue, Parts};
    use super::*;

    #[test]
    fn every_measure_has_its_indicator_and_no_target_is_made_up() {
        let indicators = &Catalogue::embedded().indicators;
        for measure in Measure::ALL {
            assert!(indicators.of(*measure).is_some(), "{measure}");
        }
        assert!(indicators.all().iter().all(|indicator| indicator.target.is_none()));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let text = Parts::EMBEDDED.indicators.text;
        let file = DataFile { name: "indicators.toml", text };
        let refused = |from: &str, to: &str| file.refusal(from, to, Indicators::read);
        let unknown = refused("measure = \"closed\"", "measure = \"cl0sed\"");
        assert!(unknown.contains("indicators.toml, line ") && unknown.contains("cl0sed"));
        let line = text.lines().position(|line| line == "measure = \"closed\"").unwrap() + 1;
        assert!(unknown.contains(&format!("line {line}:")), "{unknown}");
        assert!(refused("key = \"closed\"", "key = \"received\"").contains("stands twice"));
        assert!(refused("unit = \"percent\"", "unit = \"time\"").contains("is told in `percent`"));
        assert!(refused("over = \"end\"", "over = \"period\"").contains("counted over `end`"));
        let source = text.lines().find(|line| line.starts_with("source = ")).unwrap();
        assert!(refused(source, "source = \" \"").contains("lacks a name"));
        assert!(refused("least_n = 30", "least_n = 1").contains("`least_n` is at least 5"));
        let target = "unit = \"percent\"\ntarget = 101";
        assert!(refused("unit = \"percent\"", target).contains("can be reached"));
    }
}
