//! Masking of personal data in citizens' texts: phones, e-mail, СНИЛС, ИНН, bank
//! cards, passports, and names where they are given (`names`).
//!
//! Numbers are recognised by shape, check digits and the words before them, so
//! that deadlines, house numbers, record numbers and sums stay readable. Where a
//! number could be either, it is masked only if its check digits hold.

mod names;

use std::borrow::Cow;

use names::mask_names;

/// What stands in place of what was masked.
pub mod token {
    pub const PHONE: &str = "[телефон]";
    pub const EMAIL: &str = "[почта]";
    pub const SNILS: &str = "[СНИЛС]";
    pub const INN: &str = "[ИНН]";
    pub const CARD: &str = "[карта]";
    pub const PASSPORT: &str = "[паспорт]";
    pub use super::names::NAME;
}

/// Counts up when other things are masked: what was made of masked texts is made
/// anew.
pub const MASKING_VERSION: u32 = 2;

/// The shortest thing that is ever masked has five digits (a local phone).
const FEWEST_DIGITS: usize = 5;
/// How far before a number a word that names it may stand, in bytes.
const NAMING_BYTES: usize = 64;

/// The text with personal data replaced by the words of [`token`].
pub fn mask(text: &str) -> Cow<'_, str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let without_numbers =
        if digits < FEWEST_DIGITS { Cow::Borrowed(text) } else { mask_numbers(text) };
    let without_mail = match mask_emails(&without_numbers) {
        Some(masked) => Cow::Owned(masked),
        None => without_numbers,
    };
    match mask_names(&without_mail) {
        Some(masked) => Cow::Owned(masked),
        None => without_mail,
    }
}

/// Groups of digits, by byte, that stand together: between two groups there are
/// only spaces, dashes, dots and brackets, at most three.
struct Run {
    groups: Vec<(usize, usize)>,
}

/// A number that was recognised: bytes of the text, and what it is.
struct Found {
    from: usize,
    to: usize,
    /// The first group after it.
    next: usize,
    token: &'static str,
}

fn mask_numbers(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(run) = next_run(text, at) {
        let mut group = 0;
        while group < run.groups.len() {
            match recognise(text, &run, group) {
                Some(found) => {
                    masked.push_str(&text[copied..found.from.max(copied)]);
                    masked.push_str(found.token);
                    copied = found.to;
                    group = found.next;
                }
                None => group += 1,
            }
        }
        at = run.groups[run.groups.len() - 1].1.max(copied);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

fn next_run(text: &str, from: usize) -> Option<Run> {
    let mut groups = Vec::new();
    let mut at = from + text[from..].find(|c: char| c.is_ascii_digit())?;
    loop {
        let length = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        groups.push((at, at + length));
        at += length;
        let mut between = 0;
        let mut after = at;
        for c in text[at..].chars().take(4) {
            if c.is_ascii_digit() {
                break;
            }
            if !is_separator(c) {
                return Some(Run { groups });
            }
            between += 1;
            after += c.len_utf8();
        }
        let goes_on = text[after..].bytes().next().is_some_and(|b| b.is_ascii_digit());
        if between > 3 || !goes_on {
            return Some(Run { groups });
        }
        at = after;
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '(' | ')' | '.')
}

fn recognise(text: &str, run: &Run, first: usize) -> Option<Found> {
    let naming = naming_words(text, run.groups[first].0);
    card(text, run, first, &naming)
        .or_else(|| passport(text, run, first, &naming))
        .or_else(|| snils(text, run, first, &naming))
        .or_else(|| inn(text, run, first, &naming))
        .or_else(|| phone(text, run, first, &naming))
}

/// Sixteen digits, bare or in fours, with Luhn's check digit or after the word: a
/// card that was mistyped is still somebody's. Systems on cards in Russia begin
/// with 2 (Мир) to 6.
fn card(text: &str, run: &Run, first: usize, naming: &str) -> Option<Found> {
    let (digits, next) = take(text, run, first, 16)?;
    let in_fours = run.groups[first..next].iter().all(|(from, to)| to - from == 4);
    let is_card = (b'2'..=b'6').contains(&digits[0]) && luhn_holds(&digits);
    let is_named = naming.contains("карт");
    let fits = (next == first + 1 || in_fours) && (is_card || is_named);
    fits.then(|| found(run, first, next, token::CARD))
}

/// Four and six digits after the word «паспорт», with «№» or «номер» in between
/// or without.
fn passport(text: &str, run: &Run, first: usize, naming: &str) -> Option<Found> {
    if !naming.contains("паспорт") {
        return None;
    }
    if let Some((_, next)) = take(text, run, first, 10) {
        let last = run.groups[next - 1];
        let is_passport = next == first + 1 || last.1 - last.0 == 6;
        return is_passport.then(|| found(run, first, next, token::PASSPORT));
    }
    let (_, next) = take(text, run, first, 4)?;
    if next != run.groups.len() {
        return None;
    }
    let series_end = run.groups[next - 1].1;
    let rest = text[series_end..].trim_start_matches([',', ' ', '\u{a0}']);
    let number = rest.strip_prefix('№').or_else(|| rest.strip_prefix("номер"))?.trim_start();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let to = text.len() - number.len() + digits;
    (digits == 6).then(|| Found { to, ..found(run, first, next, token::PASSPORT) })
}

/// «123-456-789 01», or eleven bare digits whose check number holds, or any
/// eleven after the word.
fn snils(text: &str, run: &Run, first: usize, naming: &str) -> Option<Found> {
    let (digits, next) = take(text, run, first, 11)?;
    let lengths: Vec<usize> = run.groups[first..next].iter().map(|(from, to)| to - from).collect();
    let is_shaped = lengths == [3, 3, 3, 2];
    let is_named = naming.contains("снилс");
    let is_bare = next == first + 1 && !is_record_number(naming) && snils_holds(&digits);
    (is_shaped || is_named || is_bare).then(|| found(run, first, next, token::SNILS))
}

/// Twelve digits with both check digits (a person's), or ten or twelve after the
/// word.
fn inn(text: &str, run: &Run, first: usize, naming: &str) -> Option<Found> {
    let (from, to) = run.groups[first];
    let digits = &text.as_bytes()[from..to];
    let is_named = naming.split(|c: char| !c.is_alphanumeric()).any(|word| word == "инн");
    let fits = match digits.len() {
        12 => is_named || inn_holds(digits),
        10 => is_named,
        _ => false,
    };
    fits.then(|| found(run, first, first + 1, token::INN))
}

fn phone(text: &str, run: &Run, first: usize, naming: &str) -> Option<Found> {
    let (from, to) = run.groups[first];
    let head = &text.as_bytes()[from..to];
    let is_named = ["тел", "звон", "номер для связи", "ватсап", "whatsapp"]
        .iter()
        .any(|word| naming.contains(word));
    let full = || {
        // «8 913 …»: the group after the prefix is a code of three digits or
        // more, else it is a list of small numbers.
        let code_follows = run.groups.get(first + 1).is_some_and(|(from, to)| to - from >= 3);
        let (digits, next) = take(text, run, first, 11)?;
        let begins =
            matches!(digits[0], b'7' | b'8') && matches!(digits[1], b'3' | b'4' | b'8' | b'9');
        (begins && (head.len() >= 4 || (head.len() == 1 && code_follows))).then_some(next)
    };
    let mobile = || {
        let (digits, next) = take(text, run, first, 10)?;
        (digits[0] == b'9' && head.len() >= 3).then_some(next)
    };
    // «(3902) 22-33-44», «3902 22-33-44».
    let with_code = || {
        let (digits, next) = take(text, run, first, 10)?;
        let in_brackets = text[..from].ends_with('(');
        let groups = next - first;
        let begins = matches!(digits[0], b'3' | b'4' | b'8') && (3..=5).contains(&head.len());
        (begins && groups >= 2 && (in_brackets || is_named || groups >= 4)).then_some(next)
    };
    let local = || {
        if !is_named {
            return None;
        }
        [7, 6, 5].into_iter().find_map(|n| {
            let (_, next) = take(text, run, first, n)?;
            let is_last = next == run.groups.len();
            let no_date = run.groups[first..next]
                .windows(2)
                .all(|pair| !text[pair[0].1..pair[1].0].contains('.'));
            (is_last && no_date).then_some(next)
        })
    };
    if (is_record_number(naming) && !is_named) || is_sum(text, run, first) {
        return None;
    }
    let next = full().or_else(mobile).or_else(with_code).or_else(local)?;
    let mut it = found(run, first, next, token::PHONE);
    // The plus and the bracket belong to the number.
    let before = text[..it.from].trim_end_matches('(');
    it.from = before.strip_suffix('+').unwrap_or(before).len();
    Some(it)
}

/// The digits of whole groups from `first` on, if some of them make exactly
/// `count`, and the group after them.
fn take(text: &str, run: &Run, first: usize, count: usize) -> Option<(Vec<u8>, usize)> {
    let mut digits = Vec::with_capacity(count);
    for (index, (from, to)) in run.groups.iter().enumerate().skip(first) {
        digits.extend_from_slice(&text.as_bytes()[*from..*to]);
        if digits.len() >= count {
            return (digits.len() == count).then_some((digits, index + 1));
        }
    }
    None
}

fn found(run: &Run, first: usize, next: usize, token: &'static str) -> Found {
    Found { from: run.groups[first].0, to: run.groups[next - 1].1, next, token }
}

/// The end of the sentence before a number, in lower case.
fn naming_words(text: &str, at: usize) -> String {
    let mut from = at.saturating_sub(NAMING_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let near = &text[from..at];
    // A number before it ends what names it.
    let near = near.rfind(|c: char| c.is_ascii_digit()).map_or(near, |end| &near[end + 1..]);
    near.to_lowercase()
}

fn is_record_number(naming: &str) -> bool {
    naming.trim_end().ends_with(['№', '#'])
}

/// Money follows the run.
fn is_sum(text: &str, run: &Run, first: usize) -> bool {
    let end = run.groups[run.groups.len() - 1].1;
    let mut rest = text[end..].trim_start();
    if let Some(kopecks) = rest.strip_prefix(',') {
        rest = kopecks.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    }
    let is_money =
        ["руб", "₽", "р.", "тыс", "млн", "коп"].iter().any(|unit| rest.starts_with(unit));
    // Thousands stand in threes; a phone may well be followed by «руб» by chance.
    let in_threes = run.groups[first + 1..].iter().all(|(from, to)| to - from == 3);
    is_money && in_threes
}

fn digit(byte: u8) -> u32 {
    u32::from(byte - b'0')
}

fn luhn_holds(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, byte)| match (place % 2, digit(*byte)) {
            (0, d) => d,
            (_, d) if d > 4 => 2 * d - 9,
            (_, d) => 2 * d,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Check number of a СНИЛС: digits weighed 9 to 1, modulo 101, 100 counting as 0.
fn snils_holds(digits: &[u8]) -> bool {
    let sum: u32 = digits[..9].iter().zip((1..=9).rev()).map(|(d, w)| digit(*d) * w).sum();
    sum % 101 % 100 == digit(digits[9]) * 10 + digit(digits[10])
}

/// Check digits of a person's ИНН.
fn inn_holds(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |weights: &[u32]| {
        let sum: u32 = digits.iter().zip(weights).map(|(d, w)| digit(*d) * w).sum();
        sum % 11 % 10
    };
    digits.iter().any(|d| *d != b'0')
        && check(&WEIGHTS[1..]) == digit(digits[10])
        && check(&WEIGHTS) == digit(digits[11])
}

/// `None` where there is none.
fn mask_emails(text: &str) -> Option<String> {
    let mut masked = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('@') {
        if at < copied {
            continue;
        }
        let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
        let local = text[copied..at].rfind(|c| !is_local(c)).map_or(copied, |place| {
            let place = copied + place;
            place + text[place..].chars().next().map_or(0, char::len_utf8)
        });
        let domain = &text[at + 1..];
        let end = domain
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-')))
            .unwrap_or(domain.len());
        let domain = domain[..end].trim_end_matches(['.', '-']);
        let has_zone = domain.rsplit_once('.').is_some_and(|(name, zone)| {
            !name.is_empty() && zone.chars().count() >= 2 && zone.chars().all(char::is_alphabetic)
        });
        if local < at && has_zone {
            masked.push_str(&text[copied..local]);
            masked.push_str(token::EMAIL);
            copied = at + 1 + domain.len();
        }
    }
    (copied > 0).then(|| masked + &text[copied..])
}

#[cfg(test)]
mod tests;
