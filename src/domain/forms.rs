//! Which dictionary words a form may belong to: «текла» to «течь», «людей» to
//! «человек», «стали» to two. Words of the language only; names, slips and other
//! languages are the stemmer's.

use std::io::Read;
use std::sync::OnceLock;

/// Ends every word in a key: no key is a stem or a word of a text.
pub const WORD_END: char = '·';

/// Of the words that a form may belong to, one whose dictionary form it is stands
/// for them all unless another is used 2⁴ times as often.
const OWN_FORM_ADVANTAGE: u8 = 4;

/// Words that a beginning is completed to.
const COMPLETED_WORDS: usize = 16;

/// More than the dictionary has: a broken file ends here.
const MOST_BYTES: u64 = 64 << 20;

/// The dictionary: words as a part that never changes with the number of a list
/// of endings. Folded as [`super::stem`] folds.
pub struct Forms<'t> {
    prefixes: Vec<Prefix<'t>>,
    paradigms: Vec<Paradigm<'t>>,
    /// Sorted by stem.
    entries: Vec<Entry<'t>>,
}

/// What may stand before a form that has one of the endings; before any, where
/// there are none.
struct Prefix<'t> {
    prefix: &'t str,
    endings: Vec<&'t str>,
}

struct Paradigm<'t> {
    dictionary_ending: &'t str,
    /// The others, sorted.
    endings: Vec<&'t str>,
}

impl Paradigm<'_> {
    fn has(&self, ending: &str) -> bool {
        ending == self.dictionary_ending || self.endings.binary_search(&ending).is_ok()
    }

    fn has_beginning(&self, beginning: &str) -> bool {
        let at = self.endings.partition_point(|ending| *ending < beginning);
        self.endings.get(at).is_some_and(|ending| ending.starts_with(beginning))
    }
}

struct Entry<'t> {
    stem: &'t str,
    paradigm: u16,
    /// How often the word is used, in doublings.
    weight: u8,
}

impl Forms<'static> {
    /// The dictionary that the program was built with, unpacked at the first call:
    /// some tens of milliseconds, not for the thread that draws.
    pub fn embedded() -> &'static Self {
        static TEXT: OnceLock<String> = OnceLock::new();
        static FORMS: OnceLock<Forms<'static>> = OnceLock::new();
        FORMS.get_or_init(|| match Forms::parse(TEXT.get_or_init(unpacked)) {
            Some(forms) => forms,
            None => unreachable!("the embedded dictionary passed its tests"),
        })
    }
}

/// Empty where the packed file is broken, which [`Forms::parse`] refuses.
fn unpacked() -> String {
    let packed: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/words/forms.zst"));
    let mut text = String::new();
    let read = zstd::Decoder::new(packed)
        .and_then(|decoder| decoder.take(MOST_BYTES).read_to_string(&mut text));
    if read.is_err() {
        text.clear();
    }
    text
}

impl<'t> Forms<'t> {
    /// Reads a dictionary: lines of comment, then three parts with an empty line
    /// between them: prefixes, lists of endings, words. `None` where it is broken.
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.split("\n\n");
        let mut lines = || Some(parts.next()?.lines().filter(|line| !line.starts_with('#')));
        let prefixes = lines()?.map(prefix_of_line).collect::<Option<_>>()?;
        let paradigms: Vec<Paradigm> = lines()?.map(paradigm_of_line).collect::<Option<_>>()?;
        let entries: Vec<Entry> = lines()?.map(entry_of_line).collect::<Option<_>>()?;
        let is_whole = entries.iter().all(|entry| usize::from(entry.paradigm) < paradigms.len());
        let is_sorted = entries.is_sorted_by_key(|entry| entry.stem);
        (is_whole && is_sorted).then_some(Self { prefixes, paradigms, entries })
    }

    /// How many words it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True for a dictionary without words.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The key under which an index holds a form: all words that it may belong to;
    /// empty for a form of none.
    pub fn key(&self, form: &str) -> String {
        self.key_of(&self.entries_of(form))
    }

    /// The keys of all forms of the words that `form` may belong to, its own first;
    /// none where it belongs to none. A dictionary form stands for its own word
    /// before others: «дорогой» is dear, not also «дорога».
    pub fn keys_of_words(&self, form: &str) -> Vec<String> {
        let mut entries = self.entries_of(form);
        if entries.is_empty() {
            return Vec::new();
        }
        let mut keys = vec![self.key_of(&entries)];
        let is_own = |at: &usize| {
            let (entry, paradigm) = self.entry(*at);
            form.strip_prefix(entry.stem) == Some(paradigm.dictionary_ending)
        };
        let weight = |at: &usize| self.entries[*at].weight;
        let heaviest = entries.iter().map(weight).max().unwrap_or(0);
        let own = entries.iter().filter(|at| is_own(at)).map(weight).max();
        if own.is_some_and(|own| own + OWN_FORM_ADVANTAGE >= heaviest) {
            entries.retain(is_own);
        }
        for at in entries {
            self.keys_of_entry(at, &mut keys);
        }
        keys
    }

    /// The keys of words that have a form with this beginning although their
    /// dictionary form begins otherwise: «дн» for «день», «людь» for «человек».
    /// One letter begins too many.
    pub fn keys_of_completed(&self, beginning: &str) -> Vec<String> {
        let mut keys = Vec::new();
        if beginning.chars().nth(1).is_none() {
            return keys;
        }
        let mut found = Vec::new();
        self.each_stem_of(beginning, |at, rest| {
            let paradigm = self.entry(at).1;
            if !paradigm.dictionary_ending.starts_with(rest) && paradigm.has_beginning(rest) {
                found.push(at);
            }
        });
        found.sort_by_key(|at| std::cmp::Reverse(self.entries[*at].weight));
        for at in found.into_iter().take(COMPLETED_WORDS) {
            self.keys_of_entry(at, &mut keys);
        }
        keys
    }

    fn entry(&self, at: usize) -> (&Entry<'t>, &Paradigm<'t>) {
        let entry = &self.entries[at];
        (entry, &self.paradigms[usize::from(entry.paradigm)])
    }

    /// Appends the keys of all forms of a word that are not there yet.
    fn keys_of_entry(&self, at: usize, keys: &mut Vec<String>) {
        let (entry, paradigm) = self.entry(at);
        for ending in paradigm.endings.iter().chain([&paradigm.dictionary_ending]) {
            let key = self.key(&format!("{}{ending}", entry.stem));
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }

    fn key_of(&self, entries: &[usize]) -> String {
        let word = |at: &usize| {
            let (entry, paradigm) = self.entry(*at);
            format!("{}{}{WORD_END}", entry.stem, paradigm.dictionary_ending)
        };
        let mut words: Vec<String> = entries.iter().map(word).collect();
        words.sort_unstable();
        words.dedup();
        words.concat()
    }

    fn entries_of(&self, form: &str) -> Vec<usize> {
        let mut found = self.entries_of_bare(form);
        for Prefix { prefix, endings } in &self.prefixes {
            if found.is_empty()
                && let Some(rest) = form.strip_prefix(prefix)
                && (endings.is_empty() || endings.iter().any(|ending| rest.ends_with(ending)))
            {
                found = self.entries_of_bare(rest);
            }
        }
        found
    }

    fn entries_of_bare(&self, form: &str) -> Vec<usize> {
        let mut found = Vec::new();
        self.each_stem_of(form, |at, ending| {
            if self.entry(at).1.has(ending) {
                found.push(at);
            }
        });
        found
    }

    /// Calls with every entry whose stem begins the word, and the word's rest.
    fn each_stem_of(&self, word: &str, mut each: impl FnMut(usize, &str)) {
        let mut range = 0..self.entries.len();
        for (end, _) in word.char_indices().chain([(word.len(), ' ')]) {
            let (beginning, rest) = word.split_at(end);
            let inside = &self.entries[range.clone()];
            let from = inside.partition_point(|entry| entry.stem < beginning);
            let count = inside[from..].partition_point(|entry| entry.stem.starts_with(beginning));
            range = range.start + from..range.start + from + count;
            if range.is_empty() {
                return;
            }
            // The shortest come first.
            for at in range.clone().take_while(|at| self.entries[*at].stem.len() == end) {
                each(at, rest);
            }
        }
    }
}

fn prefix_of_line(line: &str) -> Option<Prefix<'_>> {
    let mut words = line.split(' ');
    Some(Prefix { prefix: words.next()?, endings: words.collect() })
}

fn paradigm_of_line(line: &str) -> Option<Paradigm<'_>> {
    let mut endings = line.split(' ').map(unless_empty);
    Some(Paradigm { dictionary_ending: endings.next()?, endings: endings.collect() })
}

fn entry_of_line(line: &str) -> Option<Entry<'_>> {
    let mut fields = line.split(' ');
    let stem = unless_empty(fields.next()?);
    let paradigm = fields.next()?.parse().ok()?;
    let weight = fields.next()?.parse().ok()?;
    Some(Entry { stem, paradigm, weight })
}

/// A dash stands for nothing.
fn unless_empty(part: &str) -> &str {
    if part == "-" { "" } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_their_words() {
        let forms = Forms::embedded();
        assert_eq!(forms.len(), 60_000);
        for (form, key) in [
            ("текла", "течь·"),
            ("ждет", "ждать·"),
            ("людей", "человек·"),
            ("детям", "ребенок·"),
            ("шел", "идти·"),
            ("дня", "день·"),
            ("уголка", "уголок·"),
            ("холоднее", "холодный·"),
            ("похолоднее", "холодный·"),
            ("стали", "сталь·стать·"),
            ("чылтыс", ""),
            ("", ""),
        ] {
            assert_eq!(forms.key(form), key, "{form}");
        }
    }

    #[test]
    fn a_word_is_asked_for_in_all_its_forms() {
        let forms = Forms::embedded();
        assert_eq!(forms.keys_of_words("ждать"), ["ждать·"]);
        let both = forms.keys_of_words("стали");
        for key in ["сталь·стать·", "сталь·", "стать·"] {
            assert!(both.iter().any(|found| found == key), "{key} in {both:?}");
        }
        // A dictionary form stands for its own word, in whatever company.
        let dear = forms.keys_of_words("дорогой");
        assert!(dear.iter().all(|key| key.contains("дорогой·")), "{dear:?}");
        assert_eq!(forms.keys_of_words("чылтыс"), [] as [&str; 0]);
    }

    #[test]
    fn a_beginning_leads_to_words_that_begin_otherwise() {
        let forms = Forms::embedded();
        for (beginning, key) in [("дн", "день·"), ("людь", "человек·"), ("шл", "идти·")]
        {
            let keys = forms.keys_of_completed(beginning);
            assert!(keys.iter().any(|found| found.contains(key)), "{beginning}: {keys:?}");
        }
        assert_eq!(forms.keys_of_completed("отопл"), [] as [&str; 0]);
    }

    #[test]
    fn a_broken_dictionary_is_refused() {
        assert_eq!(
            Forms::parse("# x\nпо ее\n\n- а\n\nвод 0 1\n").map(|forms| forms.len()),
            Some(1)
        );
        for broken in
            ["", "по ее\n\n- а\n\nвод 1 1\n", "\n\n- а\n\nвод 0\n", "\n\n-\n\nб 0 1\nа 0 1"]
        {
            assert!(Forms::parse(broken).is_none(), "{broken:?}");
        }
    }
}
