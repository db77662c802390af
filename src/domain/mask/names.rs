//! Names of people where they are given: «меня зовут …», «С уважением, …»,
//! «Здравствуйте, Мария Петровна».
//!
//! A name is told from a street, an organisation or the beginning of a sentence by
//! what stands before it and by its shape; there is no list of names. So these
//! stay: a name in the middle of a sentence that nothing announces («сосед Иванов
//! не платит»), one after a greeting without patronymic or initials
//! («Здравствуйте, Иван»), and one written in lower case or in Latin letters.
//! Streets («ул. Ивана Ярыгина») and organisations stay readable.

/// What stands in place of a name.
pub const NAME: &str = "[имя]";

/// A name of so many words at most.
const MOST_WORDS: usize = 3;
/// Between what announces a name and the name, in bytes.
const MOST_BETWEEN: usize = 8;

/// How surely a name follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// Whatever stands there in capitals is one.
    Surely,
    /// Where it ends like a name and a surname, too.
    Signed,
    /// Where it has a patronymic or initials.
    Perhaps,
}

/// Words that announce a name, without a first letter that may be a capital.
const ANNOUNCING: &[(&str, Announced)] = &[
    ("еня зовут", Announced::Surely),
    ("овут меня", Announced::Surely),
    ("оё имя", Announced::Surely),
    ("ое имя", Announced::Surely),
    ("оя фамилия", Announced::Surely),
    ("ФИО", Announced::Surely),
    ("Фио", Announced::Surely),
    ("Ф.И.О", Announced::Surely),
    (" уважением", Announced::Signed),
    ("аявитель", Announced::Perhaps),
    ("дравствуйте", Announced::Perhaps),
    ("обрый день", Announced::Perhaps),
    ("обрый вечер", Announced::Perhaps),
    ("оброе утро", Announced::Perhaps),
    ("важаемый", Announced::Perhaps),
    ("важаемая", Announced::Perhaps),
];

/// Endings of patronymics, of a man's and a woman's.
const PATRONYMICS: [&str; 3] = ["ич", "вна", "чна"];
/// Endings that most surnames have and few other words.
const SURNAMES: [&str; 13] =
    ["ов", "ев", "ёв", "ин", "ын", "ова", "ева", "ёва", "ина", "ына", "ский", "ская", "енко"];

/// The text with names replaced; `None` where there is none.
pub(super) fn mask_names(text: &str) -> Option<String> {
    let mut masked = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = next_capital(text.as_bytes(), at) {
        at = start + 2;
        let found = announced(&text[..start]).and_then(|how| name_at(&text[start..], how));
        if let Some(length) = found {
            masked.push_str(&text[copied..start]);
            masked.push_str(NAME);
            copied = start + length;
            at = copied;
        }
    }
    (copied > 0).then(|| masked + &text[copied..])
}

/// So many bytes are looked at together.
const TOGETHER: usize = 32;

/// The next Russian capital, at or behind a byte. Every text that is shown or
/// indexed goes through here, and most letters are small.
fn next_capital(bytes: &[u8], from: usize) -> Option<usize> {
    // Two bytes: 0xD0 and 0x81 (Ё) or 0x90–0xAF (А–Я).
    // Without a branch, so that the compiler compares many at once.
    let is_capital = |a: u8, b: u8| {
        u8::from(a == 0xD0) & (u8::from(b.wrapping_sub(0x90) < 0x20) | u8::from(b == 0x81))
    };
    let mut at = from;
    while at + TOGETHER < bytes.len() {
        let pairs = bytes[at..at + TOGETHER].iter().zip(&bytes[at + 1..=at + TOGETHER]);
        if pairs.fold(0, |any, (a, b)| any | is_capital(*a, *b)) != 0 {
            break;
        }
        at += TOGETHER;
    }
    let pairs = bytes.get(at..)?.windows(2);
    pairs.zip(at..).find(|(pair, _)| is_capital(pair[0], pair[1]) != 0).map(|(_, at)| at)
}

/// Whether a name is to follow, by the words before it.
fn announced(before: &str) -> Option<Announced> {
    let said = before.trim_end_matches(is_between);
    let between = before.len() - said.len();
    if between == 0 || between > MOST_BETWEEN {
        return None;
    }
    if let Some((words, how)) = ANNOUNCING.iter().find(|(words, _)| said.ends_with(words)) {
        let first = said[..said.len() - words.len()].chars().next_back();
        // «ФИО» has its first letter, the others lack it.
        let is_whole = first.is_some_and(char::is_alphabetic) != words.starts_with('Ф');
        return is_whole.then_some(*how);
    }
    // «Я, Иванов Иван Иванович, проживаю …»
    let own = said.strip_suffix(['Я', 'я'])?;
    let is_word = !own.ends_with(char::is_alphabetic);
    (is_word && before[said.len()..].starts_with(',')).then_some(Announced::Perhaps)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '!' | '—' | '–' | '-')
}

/// Bytes of the name that `text` begins with.
fn name_at(text: &str, how: Announced) -> Option<usize> {
    let mut words = Vec::new();
    let mut initials = 0;
    let mut end = 0;
    while words.len() < MOST_WORDS {
        let rest = &text[end..];
        let gap = rest.chars().take_while(|c| matches!(c, ' ' | '\u{a0}')).map(char::len_utf8);
        let gap = if end == 0 { 0 } else { gap.take(1).sum() };
        let part = &rest[gap..];
        if let Some(length) = initial(part) {
            initials += 1;
            end += gap + length;
        } else if let Some(word) = word(part).filter(|_| end == 0 || gap > 0 || initials > 0) {
            words.push(word);
            end += gap + word.len();
        } else {
            break;
        }
    }
    let last_word = *words.last()?;
    let has_patronymic = words.len() > 1 && words.iter().any(|word| ends(word, &PATRONYMICS));
    let is_signature = words.len() > 1 && ends(last_word, &SURNAMES);
    let fits = match how {
        Announced::Surely => true,
        Announced::Signed => has_patronymic || initials > 0 || is_signature,
        Announced::Perhaps => has_patronymic || initials > 0,
    };
    fits.then_some(end)
}

fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| word.ends_with(ending))
}

/// «И.»: its bytes.
fn initial(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let capital = chars.next().filter(|c| is_russian(*c) && c.is_uppercase())?;
    (chars.next() == Some('.')).then_some(capital.len_utf8() + 1)
}

/// «Иванова», «Иванова-Петрова».
fn word(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut before = '-';
    for c in text.chars() {
        let fits = match c {
            '-' => before != '-',
            _ => is_russian(c) && c.is_uppercase() == (before == '-'),
        };
        if !fits {
            break;
        }
        before = c;
        end += c.len_utf8();
    }
    let word = text[..end].trim_end_matches('-');
    let goes_on = text[word.len()..].chars().next().is_some_and(char::is_alphabetic);
    (word.chars().count() > 1 && !goes_on).then_some(word)
}

fn is_russian(c: char) -> bool {
    matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')
}
