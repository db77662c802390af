//! Words as search compares them: folded, and as the dictionary words that they
//! are forms of, or cut to their stems where the dictionary has none.
//!
//! Index and query go through the same code, so «труба» finds «трубы» and
//! «ёлка» finds «елки».

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use rust_stemmers::Algorithm;
use unicode_normalization::UnicodeNormalization;

use super::forms::Forms;

/// Grows by one with every change that makes another stem or key of some word, a
/// new dictionary too: an index made with another number is built anew.
pub const STEMMING_VERSION: u32 = 2;

/// Words that stand in nearly every text and tell nothing apart.
const STOP_WORDS: &str = "а без бы был была были было быть в вас во вот вы да для до его ее если есть \
    еще же за здесь и из или им их к как ко когда кто ли между меня мне мы на над нам нас не нет \
    ни но ну о об от по под при про с со так там то тоже только том ты у уже чем что чтобы это этого \
    этой этот я";

/// How many forms are remembered; a region's texts have some hundred thousand.
const REMEMBERED_FORMS: usize = 200_000;

/// Cuts words to stems and remembers what it cut: a stem costs half a microsecond,
/// a memory a tenth of it.
pub struct Stemmer {
    russian: rust_stemmers::Stemmer,
    /// The dictionary is asked before the rules.
    knows_forms: bool,
    /// Empty for stop words.
    stems: HashMap<Box<str>, Box<str>, BuildHasherDefault<WordHasher>>,
    /// Stems that were met since they were last asked for, where they are wanted.
    met: Option<Vec<Box<str>>>,
    word: String,
}

impl Default for Stemmer {
    fn default() -> Self {
        Self {
            russian: rust_stemmers::Stemmer::create(Algorithm::Russian),
            knows_forms: false,
            stems: HashMap::default(),
            met: None,
            word: String::new(),
        }
    }
}

impl Stemmer {
    /// Makes of a form that the dictionary has the key of its words instead of a
    /// stem. The first word in a program unpacks the dictionary: not for the thread
    /// that draws.
    pub fn with_forms() -> Self {
        Self { knows_forms: true, ..Self::default() }
    }

    /// [`Self::with_forms`] that tells by [`Self::take_met`] which stems it made.
    pub fn with_forms_telling() -> Self {
        Self { met: Some(Vec::new()), ..Self::with_forms() }
    }

    /// The stems that it has made since it was asked last. Each is among them at
    /// least once in its life, most of them once.
    pub fn take_met(&mut self) -> Vec<Box<str>> {
        self.met.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn forms(&self) -> Option<&'static Forms<'static>> {
        self.knows_forms.then(Forms::embedded)
    }

    /// Appends the stems of a text to `out`, each followed by a space. Stop words
    /// are left out.
    pub fn stems_into(&mut self, text: &str, out: &mut String) {
        let mut word = std::mem::take(&mut self.word);
        each_word(text, &mut word, |word| {
            if let Some(stem) = self.stems.get(word) {
                push_stem(out, stem);
            } else {
                push_stem(out, self.remember(word));
            }
        });
        self.word = word;
    }

    /// The stem of a folded word; empty for a stop word.
    pub fn stem(&mut self, word: &str) -> &str {
        if !self.stems.contains_key(word) {
            self.remember(word);
        }
        self.stems.get(word).map_or("", |stem| stem)
    }

    fn remember(&mut self, word: &str) -> &str {
        if self.stems.len() >= REMEMBERED_FORMS {
            self.stems.clear();
        }
        let stem = if is_stop_word(word) {
            Cow::Borrowed("")
        } else {
            match self.forms().map(|forms| forms.key(word)).filter(|key| !key.is_empty()) {
                Some(key) => Cow::Owned(key),
                None => self.stem_by_rule(word),
            }
        };
        if let Some(met) = self.met.as_mut().filter(|_| !stem.is_empty()) {
            met.push(Box::from(&*stem));
        }
        self.stems.entry(word.into()).or_insert_with(|| stem.into())
    }

    fn stem_by_rule<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if word.chars().any(is_cyrillic) { self.russian.stem(word) } else { Cow::Borrowed(word) }
    }

    /// Under what an index made by [`Self::stems_into`] holds the forms of a folded
    /// word: its own stem first, then those of its other forms; none for a stop
    /// word. The stem by rule is among them, for slips that no dictionary has.
    pub fn stems_of_forms(&mut self, word: &str) -> Vec<String> {
        let own = self.stem(word).to_owned();
        if own.is_empty() {
            return Vec::new();
        }
        let mut stems = self.forms().map(|forms| forms.keys_of_words(word)).unwrap_or_default();
        for stem in [own, self.stem_by_rule(word).into_owned()] {
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
        stems
    }

    /// Under what an index holds words that have a form with that beginning, where
    /// neither their key nor their stem begins so.
    pub fn stems_of_completed(&self, beginning: &str) -> Vec<String> {
        self.forms().map(|forms| forms.keys_of_completed(beginning)).unwrap_or_default()
    }
}

fn push_stem(out: &mut String, stem: &str) {
    if !stem.is_empty() {
        out.push_str(stem);
        out.push(' ');
    }
}

/// Multiplies and rotates, eight bytes at a step: words are short, and nobody gains from making
/// them collide in a memory that is cleared when it is full.
#[derive(Clone, Copy)]
struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut step = |eight: u64| {
            self.0 = (self.0 ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        };
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            step(u64::from_le_bytes(*eight));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        step(u64::from_le_bytes(last));
    }
}

/// The words of a text, folded, in order, stop words included.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_word(text, &mut String::new(), |word| found.push(word.to_owned()));
    found
}

/// True for a folded word that no index holds.
pub fn is_stop_word(word: &str) -> bool {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    // None is longer than five letters.
    word.len() <= 10 && SET.get_or_init(|| STOP_WORDS.split_whitespace().collect()).contains(word)
}

fn each_word(text: &str, word: &mut String, each: impl FnMut(&str)) {
    // й and ё may be written as a letter and a mark (U+0300–U+036F), whose codes
    // begin with these bytes; asking for them is far cheaper than `is_nfc`.
    if text.bytes().any(|byte| matches!(byte, 0xcc | 0xcd)) {
        fold_words(text.nfc(), word, each);
    } else {
        fold_words(text.chars(), word, each);
    }
}

fn fold_words(chars: impl Iterator<Item = char>, word: &mut String, mut each: impl FnMut(&str)) {
    word.clear();
    let mut has_cyrillic = false;
    let mut has_latin = false;
    for c in chars.chain(std::iter::once(' ')) {
        match c {
            'а'..='я' => {
                has_cyrillic = true;
                word.push(c);
            }
            'a'..='z' => {
                has_latin = true;
                word.push(c);
            }
            '0'..='9' => word.push(c),
            // What the arm of all other letters would come to, without its tables.
            'ё' | 'Ё' => {
                has_cyrillic = true;
                word.push('е');
            }
            'А'..='Я' => {
                has_cyrillic = true;
                word.extend(char::from_u32(u32::from(c) + ('а' as u32 - 'А' as u32)));
            }
            // A stress mark and a soft hyphen are inside a word.
            '\u{301}' | '\u{ad}' => {}
            _ if c != ' ' && c.is_alphanumeric() => {
                for lower in c.to_lowercase() {
                    let folded = fold_letter(lower);
                    has_cyrillic |= is_cyrillic(folded);
                    has_latin |= folded.is_ascii_lowercase();
                    word.push(folded);
                }
            }
            _ if word.is_empty() => {}
            _ => {
                if has_cyrillic && has_latin {
                    *word = word.chars().map(cyrillic_twin).collect();
                }
                each(word);
                word.clear();
                has_cyrillic = false;
                has_latin = false;
            }
        }
    }
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// ё as е, and the letters of Khakas as those that a Russian keyboard has: ҷ and
/// ӌ, ң and ӊ are each two codes for one letter, and many write ч and н.
fn fold_letter(c: char) -> char {
    match c {
        'ё' => 'е',
        'ғ' => 'г',
        'ҷ' | 'ӌ' => 'ч',
        'ң' | 'ӊ' => 'н',
        'ӧ' => 'о',
        'ӱ' | 'ÿ' => 'у',
        'і' | 'ї' => 'и',
        other => other,
    }
}

/// Latin letters that look like Cyrillic ones, in a word that is Cyrillic
/// otherwise; Latin i stands for Khakas і.
fn cyrillic_twin(c: char) -> char {
    match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' => 'и',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> String {
        let mut out = String::new();
        Stemmer::default().stems_into(text, &mut out);
        out.trim_end().to_owned()
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (one, other) in [
            ("труба", "ТРУБЫ"),
            ("ёлка", "елки"),
            ("холодные подъезды", "Холодных подъездах"),
            ("дорога", "дорогой"),
            ("мусор", "мусора"),
        ] {
            assert_eq!(stems(one), stems(other));
        }
    }

    #[test]
    fn the_dictionary_goes_before_the_rules() {
        let mut stemmer = Stemmer::with_forms();
        let mut out = String::new();
        stemmer.stems_into("Ждёт у батарей, ул. Чертыгашева, 12, тіллер", &mut out);
        assert_eq!(out, "ждать· батарея· ул чертыгашев 12 тиллер ");
        assert_eq!(stemmer.stems_of_forms("чтобы"), [] as [&str; 0]);
        assert_eq!(stemmer.stems_of_forms("ждали"), ["ждать·", "ждал"]);
        assert_eq!(stemmer.stems_of_forms("чертыгашеву"), ["чертыгашев"]);
        // Stems are told once, however many forms were met.
        let mut stemmer = Stemmer::with_forms_telling();
        stemmer.stems_into("Ждёт не труб, ждёт", &mut out);
        assert_eq!(stemmer.take_met(), ["ждать·".into(), stemmer.stem("труб").into()]);
        stemmer.stems_into("не ждёт ничего", &mut out);
        assert_eq!(stemmer.take_met().len(), 1);
        // Stems by rule know nothing of it.
        assert_eq!(Stemmer::default().stems_of_forms("ждали"), ["ждал"]);
        assert_eq!(Stemmer::default().stems_of_completed("людь"), [] as [&str; 0]);
    }

    #[test]
    fn codes_that_look_alike_are_one_letter() {
        // Decomposed й and ё.
        assert_eq!(words("Бе\u{438}\u{306}ский е\u{308}ж"), words("Бейский ёж"));
        assert_eq!(words("чазаӊ ӌир"), words("чазаң ҷир"));
        assert_eq!(words("тiл"), words("тіл"));
        assert_eq!(words("тіл"), ["тил"]);
        // A Latin «o» in a Cyrillic word; a Latin word stays.
        assert_eq!(words("вoда Wi-Fi iPhone"), ["вода", "wi", "fi", "iphone"]);
        assert_eq!(words("за\u{301}мок"), ["замок"]);
    }

    #[test]
    fn stop_words_numbers_and_marks() {
        assert_eq!(stems("Не в доме № 12/3, а на улице!"), "дом 12 3 улиц");
        assert_eq!(stems("…"), "");
        assert!(is_stop_word("чтобы") && !is_stop_word("труба"));
    }
}
