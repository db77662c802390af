//! Names in the two languages of the interface, as the data files give them.

use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Ru,
    En,
}

/// A full and a short name in both languages. Where a data file gives no
/// short name, the full one stands in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "GivenName")]
pub struct Name {
    pub ru: Box<str>,
    pub ru_short: Box<str>,
    pub en: Box<str>,
    pub en_short: Box<str>,
}

impl Name {
    pub fn new(
        ru: Box<str>,
        ru_short: Option<Box<str>>,
        en: Box<str>,
        en_short: Option<Box<str>>,
    ) -> Self {
        Self {
            ru_short: ru_short.unwrap_or_else(|| ru.clone()),
            en_short: en_short.unwrap_or_else(|| en.clone()),
            ru,
            en,
        }
    }

    pub fn full(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }

    pub fn short(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.ru_short,
            Language::En => &self.en_short,
        }
    }

    fn all(&self) -> [&str; 4] {
        [&self.ru, &self.ru_short, &self.en, &self.en_short]
    }

    /// No name is blank.
    pub fn is_complete(&self) -> bool {
        self.all().iter().all(|name| !name.trim().is_empty())
    }

    /// Each character of the names is one that people see.
    pub fn is_seen(&self) -> bool {
        !self.all().iter().any(|name| name.chars().any(|c| c.is_control() || is_unseen(c)))
    }
}

/// It has no look of its own, and may turn the direction of others.
pub fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenName {
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
}

impl From<GivenName> for Name {
    fn from(given: GivenName) -> Self {
        Self::new(given.ru, given.ru_short, given.en, given.en_short)
    }
}

/// The form in which names from different systems are compared: lower case, ё
/// as е, everything that is neither letter nor digit as one space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ё' => folded.push('е'),
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_case_yo_and_punctuation() {
        assert_eq!(fold(" г.Абакан "), "г абакан");
        assert_eq!(fold("«Усть-Абаканский»  Р-Н."), "усть абаканский р н");
        assert_eq!(fold("ЧЕРЁМУШКИ"), "черемушки");
        assert_eq!(fold(" — "), "");
    }

    #[test]
    fn a_missing_short_name_is_the_full_one() {
        let name: Name =
            toml::from_str("ru = \"ЖКХ\"\nen = \"Housing\"\nen_short = \"H\"").unwrap();
        assert_eq!(name.short(Language::Ru), "ЖКХ");
        assert_eq!(name.full(Language::En), "Housing");
        assert_eq!(name.short(Language::En), "H");
        assert!(name.is_complete());
    }
}
