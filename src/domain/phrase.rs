//! Wordings that the desk offers: templates of answers and reasons.

use serde::Deserialize;
use toml::Spanned;

use super::block::Block;
use super::command::CommandKind;
use super::data_file::{DataError, DataFile};
use super::name::Name;
use super::topic::{Taxonomy, is_under};

/// A text to begin an answer or a comment with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub name: Name,
    commands: Vec<CommandKind>,
    /// Keys of blocks and codes of nodes under them; for any topic where there
    /// are none.
    topics: Vec<Box<str>>,
    /// In Russian: it goes to the citizen or into the log.
    pub text: Box<str>,
}

/// Why an incident is rejected, returned, postponed and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    commands: Vec<CommandKind>,
    /// The Russian one is what is sent.
    pub name: Name,
}

/// Both kinds, in the order of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases {
    templates: Vec<Template>,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTemplates {
    template: Vec<Spanned<GivenTemplate>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTemplate {
    commands: Vec<CommandKind>,
    #[serde(default)]
    topics: Vec<Box<str>>,
    ru: Box<str>,
    en: Box<str>,
    text: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenReasons {
    reason: Vec<Spanned<GivenReason>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenReason {
    commands: Vec<CommandKind>,
    ru: Box<str>,
    en: Box<str>,
}

impl Phrases {
    /// Reads `data/templates.toml` and `data/reasons.toml`; a blank wording, one
    /// for no command and an unknown topic are refused with their line.
    pub fn read(
        templates: DataFile<'_>,
        reasons: DataFile<'_>,
        taxonomy: &Taxonomy,
    ) -> Result<Self, DataError> {
        let mut read = Self::default();
        for given in templates.parse_toml::<GivenTemplates>()?.template {
            let span = given.span();
            let GivenTemplate { commands, topics, ru, en, text } = given.into_inner();
            let is_known =
                |code: &str| taxonomy.index_of(code).is_some() || Block::from_key(code).is_some();
            let unknown = topics.iter().find(|code| !is_known(code));
            if let Some(code) = unknown {
                return Err(templates.error_at(span, format!("there is no topic `{code}`")));
            }
            if commands.is_empty() || text.trim().is_empty() {
                return Err(templates.error_at(span, "a template without a command or a text"));
            }
            let name = Name::new(ru, None, en, None);
            if !name.is_complete() {
                return Err(templates.error_at(span, "a name is blank"));
            }
            read.templates.push(Template { name, commands, topics, text });
        }
        for given in reasons.parse_toml::<GivenReasons>()?.reason {
            let span = given.span();
            let GivenReason { commands, ru, en } = given.into_inner();
            let name = Name::new(ru, None, en, None);
            if commands.is_empty() || !name.is_complete() {
                return Err(reasons.error_at(span, "a reason without a command or a name"));
            }
            read.reasons.push(Reason { commands, name });
        }
        Ok(read)
    }

    /// Templates for that command on an incident of that topic (a code, empty
    /// where it has none): those of the topic before those of any.
    pub fn templates(&self, kind: CommandKind, topic: &str) -> Vec<&Template> {
        let depth = |template: &Template| {
            let of_topic = template.topics.iter().filter(|code| is_under(topic, code));
            of_topic.map(|code| code.len()).max()
        };
        let fits = |template: &&Template| {
            template.commands.contains(&kind)
                && (template.topics.is_empty() || depth(template).is_some())
        };
        let mut found: Vec<_> = self.templates.iter().filter(fits).collect();
        found.sort_by_key(|template| std::cmp::Reverse(depth(template)));
        found
    }

    pub fn reasons(&self, kind: CommandKind) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(move |reason| reason.commands.contains(&kind))
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use super::*;

    #[test]
    fn templates_of_the_topic_come_first_and_those_of_others_not_at_all() {
        let catalogue = Catalogue::embedded();
        let of = |topic| catalogue.phrases.templates(CommandKind::InterimAnswer, topic);
        let heat = of("zhkh.heat.network.burst");
        let any = of("");
        assert!(heat.len() > any.len() && !any.is_empty());
        assert!(is_under("zhkh.heat.network.burst", &heat[0].topics[0]));
        assert!(any.iter().all(|template| template.topics.is_empty()));
        assert!(!is_under("zhkh.heating", "zhkh.heat"));
    }

    #[test]
    fn whatever_needs_a_reason_has_some() {
        let catalogue = Catalogue::embedded();
        for kind in [
            CommandKind::Reject,
            CommandKind::Return,
            CommandKind::Postpone,
            CommandKind::Reopen,
            CommandKind::Extend,
        ] {
            assert!(catalogue.phrases.reasons(kind).count() >= 3, "{kind}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let reasons = DataFile { name: "reasons.toml", text: "reason = []\n" };
        let read = |text| {
            let file = DataFile { name: "templates.toml", text };
            Phrases::read(file, reasons, &Catalogue::embedded().topics).unwrap_err().to_string()
        };
        let text = "\n[[template]]\ncommands = [\"comment\"]\ntopics = [\"zhkh.no\"]\nru = \"а\"\n\
                    en = \"a\"\ntext = \"а\"\n";
        assert_eq!(read(text), "templates.toml, line 2: there is no topic `zhkh.no`");
        let blank = text.replace("\"zhkh.no\"", "").replace("text = \"а\"", "text = \" \"");
        assert!(read(&blank).contains("without a command or a text"));
    }
}
