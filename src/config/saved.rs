//! Filters of the queue that a person has given a name, by keys that outlive a
//! database.

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Serialize};

/// Longest name, in characters: it stands on a button.
pub const NAME_CHARS: usize = 40;

/// A filter and a section of the queue under a name. An empty list restricts
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedFilter {
    pub name: String,
    /// Key of a section of the queue.
    pub section: String,
    /// OKTMO; empty for «not known», here as in the lists below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub municipalities: Vec<String>,
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<String>,
    /// Keys, as in the lists without a word of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<String>,
    /// Codes of nodes of the taxonomy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Ids on the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regimes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overdue_only: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unplaced_only: bool,
    /// Words of the search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// An entry of the file. One that is not understood is kept as it is written:
/// it may be another version's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SavedEntry {
    Good(Box<SavedFilter>),
    Strange(toml::Value),
}

impl SavedEntry {
    pub fn good(&self) -> Option<&SavedFilter> {
        match self {
            Self::Good(saved) => Some(saved),
            Self::Strange(_) => None,
        }
    }

    /// Why it is not understood, one English sentence; `None` where it is.
    pub fn fault(&self) -> Option<String> {
        let Self::Strange(value) = self else { return None };
        let read = SavedFilter::deserialize(value.clone().into_deserializer());
        read.err().map(|error| error.to_string().trim_end().replace('\n', "; "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    #[test]
    fn a_strange_entry_is_named_and_written_back_as_it_was() {
        let text = "[[saved_filters]]\nname = \"ЖКХ\"\nsection = \"overdue\"\nblocks = [\"zhkh\"]\n\
                    [[saved_filters]]\nname = \"Из будущего\"\nsection = \"all\"\nweather = 3\n\
                    [[saved_filters]]\nname = 7\n";
        let settings = Settings::parse(text).unwrap();
        let [good, newer, wrong] = settings.saved_filters.as_slice() else {
            panic!("{settings:?}")
        };
        assert_eq!(good.good().unwrap().blocks, ["zhkh"]);
        assert_eq!(good.fault(), None);
        assert!(newer.fault().unwrap().contains("weather"), "{newer:?}");
        assert!(wrong.fault().is_some_and(|fault| !fault.contains('\n')));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pult.toml");
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), settings, "nothing is lost");
    }
}
