//! Lists of words with their forms, to measure search by; `data/words/make.py`
//! says where they come from. Tests and benchmarks share them.

use std::collections::BTreeSet;

/// The words that were looked at while search was made.
pub(crate) const TUNED: &str = include_str!("../data/words-tuned.tsv");
/// Words that nothing was tuned with.
pub(crate) const HELD_OUT: &str = include_str!("../data/words-held-out.tsv");

/// Words to ask for, and the texts, one form each, of these and of near words.
pub(crate) struct List {
    asked: Vec<Asked>,
    /// Sorted, each once.
    pub(crate) texts: Vec<String>,
}

struct Asked {
    /// The dictionary form.
    word: String,
    forms: BTreeSet<String>,
    /// What another source counts as its forms too: neither asked for nor wrong.
    also: BTreeSet<String>,
}

/// How it went, over all pairs of a word and a form.
pub(crate) struct Score {
    /// Share of the forms that were found.
    pub(crate) recall: f64,
    /// Share of what was found that is a form of the word.
    pub(crate) precision: f64,
    /// «word: form».
    pub(crate) missed: Vec<String>,
    pub(crate) wrong: Vec<String>,
}

impl List {
    /// `None` where a row is not as it should be.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut asked = Vec::new();
        let mut texts = BTreeSet::new();
        for row in text.lines().filter(|row| !row.starts_with('#')) {
            let [kind, word, stem, endings, also] =
                row.split('\t').collect::<Vec<_>>().try_into().ok()?;
            let form = |ending: &str| format!("{stem}{}", ending.trim_start_matches('-'));
            let forms: BTreeSet<String> = endings.split(' ').map(form).collect();
            if !forms.contains(word) {
                return None;
            }
            texts.extend(forms.iter().cloned());
            if kind == "ask" {
                let also = also.split_whitespace().map(str::to_owned).collect();
                asked.push(Asked { word: word.to_owned(), forms, also });
            }
        }
        Some(Self { asked, texts: texts.into_iter().collect() })
    }

    /// The words to ask for.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(|asked| asked.word.as_str())
    }

    /// Asks for every word; `find` answers with positions in the texts.
    pub(crate) fn score(&self, mut find: impl FnMut(&str) -> BTreeSet<usize>) -> Score {
        let (mut right, mut sought) = (0, 0);
        let (mut missed, mut wrong) = (Vec::new(), Vec::new());
        for Asked { word, forms, also } in &self.asked {
            let found: BTreeSet<&String> =
                find(word).into_iter().map(|position| &self.texts[position]).collect();
            sought += forms.len();
            right += forms.iter().filter(|form| found.contains(form)).count();
            let lacking = forms.iter().filter(|form| !found.contains(form));
            missed.extend(lacking.map(|form| format!("{word}: {form}")));
            let strange =
                found.iter().filter(|form| !forms.contains(**form) && !also.contains(**form));
            wrong.extend(strange.map(|form| format!("{word}: {form}")));
        }
        let right = right as f64;
        let precision = right / (right + wrong.len() as f64);
        Score { recall: right / sought as f64, precision, missed, wrong }
    }
}
