//! What a text consists of for the model: its stems, and the letters in threes
//! that they are made of.
//!
//! A misspelt word shares most of its threes with the right one, and «мусорный»
//! most of them with «мусор», where the stems differ.

use std::borrow::Cow;

use crate::domain::mask::{mask, token};
use crate::domain::stem::Stemmer;

const TOKENS: [&str; 6] =
    [token::PHONE, token::EMAIL, token::SNILS, token::INN, token::CARD, token::PASSPORT];

/// The text without personal data, and without the words that stand for it.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    let masked = mask(text);
    if !masked.contains('[') {
        return masked;
    }
    let mut clean = masked.into_owned();
    for token in TOKENS {
        if clean.contains(token) {
            clean = clean.replace(token, " ");
        }
    }
    Cow::Owned(clean)
}

/// Words of a text as they were written.
pub(super) fn written_words(text: &str) -> impl Iterator<Item = &str> {
    // Stress marks, soft hyphens and the marks of a decomposed й stand inside.
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}');
    text.split(move |c| !is_inside(c)).filter(|word| !word.is_empty())
}

/// Calls `each` with the stems of a readable text, in order. Numbers are left
/// out: a house number says nothing about the matter.
pub(super) fn each_stem(
    stemmer: &mut Stemmer,
    room: &mut String,
    text: &str,
    mut each: impl FnMut(&str),
) {
    room.clear();
    stemmer.stems_into(text, room);
    let is_number = |stem: &&str| stem.bytes().all(|byte| byte.is_ascii_digit());
    room.split_ascii_whitespace().filter(|stem| !is_number(stem)).for_each(&mut each);
}

/// Calls `each` with the features of a stem: the stem itself first, then its
/// letters in threes, its ends counted as letters.
pub(super) fn each_feature(stem: &str, mut each: impl FnMut(u64)) {
    each(hash(b'w', stem.as_bytes()));
    let mut three = ['\u{2}', '\u{2}', '\u{2}'];
    let mut letters = 0;
    let mut bytes = [0; 12];
    for letter in stem.chars().chain(std::iter::once('\u{3}')) {
        three = [three[1], three[2], letter];
        letters += 1;
        if letters < 2 {
            continue;
        }
        let mut length = 0;
        for letter in three {
            length += letter.encode_utf8(&mut bytes[length..]).len();
        }
        each(hash(b't', &bytes[..length]));
    }
}

/// The feature of a whole stem.
pub(super) fn stem_feature(stem: &str) -> u64 {
    hash(b'w', stem.as_bytes())
}

/// FNV-1a of 64 bits: the same on every machine, so that what was learned can
/// be told apart from what was learned elsewhere by nothing but the texts.
fn hash(kind: u8, bytes: &[u8]) -> u64 {
    std::iter::once(&kind).chain(bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let text = readable(text);
        each_stem(&mut Stemmer::default(), &mut String::new(), &text, |stem| {
            found.push(stem.to_owned());
        });
        found
    }

    fn features(stem: &str) -> Vec<u64> {
        let mut found = Vec::new();
        each_feature(stem, |feature| found.push(feature));
        found
    }

    #[test]
    fn personal_data_and_numbers_are_no_words() {
        assert_eq!(
            stems("Холодные батареи, ул. Мира, 12, звоните +7 913 123-45-67"),
            ["холодн", "батар", "ул", "мир", "звон"]
        );
        assert_eq!(stems("Ответ на ivanov@example.com"), ["ответ"]);
    }

    #[test]
    fn a_misspelt_word_shares_most_of_its_letters_in_threes() {
        let right = features("батаре");
        assert_eq!(right.len(), 1 + 6);
        let shared = |stem: &str| features(stem).iter().filter(|f| right.contains(f)).count();
        assert_eq!(shared("батаре"), 7);
        assert_eq!(shared("батере"), 3, "<ба, бат, ре>");
        assert_eq!(shared("светофор"), 0);
        assert_eq!(features("я").len(), 2);
    }

    #[test]
    fn words_stay_as_they_were_written() {
        let words: Vec<&str> =
            written_words("Бе\u{438}\u{306}ский р-н: ТРУБЫ — за\u{301}мок…").collect();
        assert_eq!(words, ["Бе\u{438}\u{306}ский", "р", "н", "ТРУБЫ", "за\u{301}мок"]);
    }
}
