//! Texts as other people would have written them: synonyms and mistakes of typing.

use std::collections::HashMap;

use anyhow::Result;

use crate::incidents::Dice;

/// Of a hundred words so many are replaced by a synonym, and so many misspelt.
const CHANGED_PERCENT: usize = 10;
/// Shorter words are not misspelt: there is too little left of them.
const SHORTEST_MISSPELT: usize = 4;

pub(crate) struct Rewording {
    synonyms: HashMap<String, Vec<String>>,
}

impl Rewording {
    pub(crate) fn read() -> Result<Self> {
        Ok(Self { synonyms: toml::from_str(include_str!("synonyms.toml"))? })
    }

    /// The text with a tenth of its words replaced by synonyms, as far as there are
    /// any, and a tenth of the words misspelt.
    pub(crate) fn reword(&self, text: &str, dice: &mut Dice) -> String {
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let changed = words.len().div_ceil(100 / CHANGED_PERCENT);
        let known = |word: &String| self.synonyms.contains_key(&core_of(word).1.to_lowercase());
        let mut replaceable: Vec<usize> = (0..words.len()).filter(|&i| known(&words[i])).collect();
        for _ in 0..changed.min(replaceable.len()) {
            let at = replaceable.swap_remove(dice.below(replaceable.len() as u32) as usize);
            let (before, word, after) = core_of(&words[at]);
            let choices = &self.synonyms[&word.to_lowercase()];
            let new = &choices[dice.below(choices.len() as u32) as usize];
            words[at] = format!("{before}{new}{after}");
        }
        let mut long: Vec<usize> = (0..words.len())
            .filter(|&i| core_of(&words[i]).1.chars().count() >= SHORTEST_MISSPELT)
            .collect();
        for _ in 0..changed.min(long.len()) {
            let at = long.swap_remove(dice.below(long.len() as u32) as usize);
            let (before, word, after) = core_of(&words[at]);
            words[at] = format!("{before}{}{after}", misspelt(word, dice));
        }
        words.join(" ")
    }
}

/// What stands before the letters of a word, the letters, what stands after.
fn core_of(word: &str) -> (&str, &str, &str) {
    let from = word.find(char::is_alphabetic).unwrap_or(word.len());
    let rest = &word[from..];
    let to = rest
        .rfind(char::is_alphabetic)
        .map_or(0, |at| at + rest[at..].chars().next().map_or(0, char::len_utf8));
    (&word[..from], &rest[..to], &rest[to..])
}

/// One slip: a letter left out, doubled, swapped with the one before, or another
/// vowel. The first letter stays.
fn misspelt(word: &str, dice: &mut Dice) -> String {
    const VOWELS: [char; 6] = ['а', 'о', 'е', 'и', 'у', 'ы'];
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + dice.below(letters.len() as u32 - 1) as usize;
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at > 1 => letters.swap(at - 1, at),
        _ => letters[at] = VOWELS[dice.below(VOWELS.len() as u32) as usize],
    }
    letters.into_iter().collect()
}
