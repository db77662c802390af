//! Words as search compares them: folded, and cut to their stems.
//!
//! Index and query go through the same code, so «труба» finds «трубы» and
//! «ёлка» finds «елки».

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use rust_stemmers::Algorithm;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Grows by one with every change that makes another stem of some word: an index
/// made with another number is built anew.
pub const STEMMING_VERSION: u32 = 1;

/// Words that stand in nearly every text and tell nothing apart.
const STOP_WORDS: &str = "а без бы был была были было быть в вас во вот вы да для до его ее если есть \
    еще же за здесь и из или им их к как ко когда кто ли между меня мне мы на над нам нас не нет \
    ни но ну о об от по под при про с со так там то тоже только том ты у уже чем что чтобы это этого \
    этой этот я";

/// How many forms are remembered; a region's texts have some hundred thousand.
const REMEMBERED_FORMS: usize = 200_000;

/// Cuts words to stems and remembers what it cut: a stem costs half a microsecond,
/// a memory a twentieth.
pub struct Stemmer {
    russian: rust_stemmers::Stemmer,
    stems: HashMap<String, String>,
    word: String,
}

impl Default for Stemmer {
    fn default() -> Self {
        Self {
            russian: rust_stemmers::Stemmer::create(Algorithm::Russian),
            stems: HashMap::new(),
            word: String::new(),
        }
    }
}

impl Stemmer {
    /// Appends the stems of a text to `out`, each followed by a space. Stop words
    /// are left out.
    pub fn stems_into(&mut self, text: &str, out: &mut String) {
        let mut word = std::mem::take(&mut self.word);
        each_word(text, &mut word, |word| {
            if !is_stop_word(word) {
                out.push_str(self.stem(word));
                out.push(' ');
            }
        });
        self.word = word;
    }

    /// The stem of a folded word.
    pub fn stem(&mut self, word: &str) -> &str {
        if self.stems.len() >= REMEMBERED_FORMS {
            self.stems.clear();
        }
        if !self.stems.contains_key(word) {
            let stem = if word.chars().any(is_cyrillic) {
                self.russian.stem(word).into_owned()
            } else {
                word.to_owned()
            };
            self.stems.insert(word.to_owned(), stem);
        }
        self.stems.get(word).map_or("", String::as_str)
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
    if is_nfc(text) {
        fold_words(text.chars(), word, each);
    } else {
        // й and ё may be written as a letter and a mark.
        fold_words(text.nfc(), word, each);
    }
}

fn fold_words(chars: impl Iterator<Item = char>, word: &mut String, mut each: impl FnMut(&str)) {
    word.clear();
    let mut has_cyrillic = false;
    let mut has_latin = false;
    for c in chars.chain(std::iter::once(' ')) {
        if c.is_alphanumeric() {
            has_latin |= c.is_ascii_alphabetic();
            match c {
                'а'..='я' => {
                    has_cyrillic = true;
                    word.push(c);
                }
                'a'..='z' | '0'..='9' => word.push(c),
                _ => {
                    for lower in c.to_lowercase() {
                        let folded = fold_letter(lower);
                        has_cyrillic |= is_cyrillic(folded);
                        word.push(folded);
                    }
                }
            }
        } else if c == '\u{301}' || c == '\u{ad}' {
            // A stress mark and a soft hyphen are inside a word.
        } else if !word.is_empty() {
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
