//! The words of the interface, from `assets/locale/{ru,en}.ftl`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::Language;

const RU: &str = include_str!("../../assets/locale/ru.ftl");
const EN: &str = include_str!("../../assets/locale/en.ftl");

/// One language's words, cheap to clone.
#[derive(Clone)]
pub struct Text {
    pub language: Language,
    words: Arc<Words>,
}

struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Messages without arguments, formatted once.
    plain: HashMap<String, String>,
}

static RUSSIAN: LazyLock<Arc<Words>> = LazyLock::new(|| Arc::new(Words::read("ru", RU)));
static ENGLISH: LazyLock<Arc<Words>> = LazyLock::new(|| Arc::new(Words::read("en", EN)));

impl Words {
    #[expect(clippy::expect_used, reason = "the files are compiled in and a test reads them")]
    fn read(tag: &str, source: &str) -> Self {
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| errors)
            .expect("the Fluent file is well formed");
        let keys: Vec<String> = keys(source).map(str::to_owned).collect();
        let mut bundle =
            FluentBundle::new_concurrent(vec![tag.parse().expect("a language tag is well formed")]);
        // Isolation marks would be drawn as boxes; all texts here run one way.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .map_err(|errors| format!("{errors:?}"))
            .expect("keys are distinct");
        let plain = keys
            .into_iter()
            .filter_map(|key| {
                let pattern = bundle.get_message(&key)?.value()?;
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
                errors.is_empty().then_some((key, text))
            })
            .collect();
        Self { bundle, plain }
    }
}

/// Keys of a Fluent file, in its order.
fn keys(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (key, _) = line.split_once(" =")?;
        (!key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .then_some(key)
    })
}

impl Text {
    pub fn of(language: Language) -> Self {
        let words = match language {
            Language::Ru => &RUSSIAN,
            Language::En => &ENGLISH,
        };
        Self { language, words: Arc::clone(words) }
    }

    /// The words of a key without arguments; the key itself where it is missing,
    /// which a test forbids.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.plain.get(key).map_or(key, String::as_str)
    }

    /// Words with arguments: `text.with("n-incidents", &[("n", 5.into())])`.
    pub fn with(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.words.bundle.get_message(key).and_then(|message| message.value())
        else {
            return key.to_owned();
        };
        let mut fluent = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            fluent.set(Cow::Borrowed(*name), value.clone());
        }
        let mut errors = Vec::new();
        self.words.bundle.format_pattern(pattern, Some(&fluent), &mut errors).into_owned()
    }

    pub fn has(&self, key: &str) -> bool {
        self.words.bundle.has_message(key)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_have_every_key() {
        let russian: BTreeSet<_> = keys(RU).collect();
        let english: BTreeSet<_> = keys(EN).collect();
        let difference: Vec<_> = russian.symmetric_difference(&english).collect();
        assert!(difference.is_empty(), "{difference:?}");
        assert!(russian.len() > 50);
    }

    #[test]
    fn russian_plurals_follow_the_number() {
        let text = Text::of(Language::Ru);
        let incidents =
            |n: u32| text.with("n-incidents", &[("n", n.into()), ("shown", n.to_string().into())]);
        assert_eq!(incidents(1), "1 инцидент");
        assert_eq!(incidents(3), "3 инцидента");
        assert_eq!(incidents(11), "11 инцидентов");
        assert_eq!(incidents(21), "21 инцидент");
    }
}
