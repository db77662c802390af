//! Made-up personal data in made-up messages: what masking must find.
//!
//! None of it can be anybody's: phones have zeros where a subscriber's number
//! would stand, mail addresses are of the reserved `example` domains, СНИЛС
//! numbers are below the first one ever issued, and cards, whose check digit is
//! right, belong to no bank.

use super::dice::mix;

/// What was planted in one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(crate) kind: PlantedKind,
    /// Exactly as it stands in the text.
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlantedKind {
    Phone,
    Email,
    Snils,
    Card,
}

/// What stands in the message whose texts are made of `seed`; about one in ten
/// has something.
pub(crate) fn planted(seed: u64) -> Option<Planted> {
    let bits = mix(seed ^ 0x7065_7273_6F6E_616C);
    if !bits.is_multiple_of(10) {
        return None;
    }
    let pick = (bits >> 8) % 20;
    let number = bits >> 16;
    let (kind, text) = match pick {
        0..11 => (PlantedKind::Phone, phone(number)),
        11..15 => (PlantedKind::Email, email(number)),
        15..18 => (PlantedKind::Snils, snils(number)),
        _ => (PlantedKind::Card, card(number)),
    };
    Some(Planted { kind, text })
}

/// The words around it, before and after.
pub(crate) const fn around(kind: PlantedKind) -> (&'static str, &'static str) {
    match kind {
        PlantedKind::Phone => ("Мой телефон ", "."),
        PlantedKind::Email => ("Ответ пришлите на ", ", пожалуйста."),
        PlantedKind::Snils => ("СНИЛС ", "."),
        PlantedKind::Card => ("Номер карты для выплаты ", "."),
    }
}

fn phone(number: u64) -> String {
    let code = 900 + number % 100;
    let (a, b) = (number / 100 % 100, number / 10_000 % 100);
    match number / 1_000_000 % 5 {
        0 => format!("+7 ({code}) 000-{a:02}-{b:02}"),
        1 => format!("8 {code} 000 {a:02} {b:02}"),
        2 => format!("+7{code}000{a:02}{b:02}"),
        3 => format!("8-{code}-000-{a:02}-{b:02}"),
        _ => format!("8({code})000{a:02}{b:02}"),
    }
}

fn email(number: u64) -> String {
    const NAMES: [&str; 6] = ["ivanova", "petrov", "sidorov", "zhitel", "sosed", "mama"];
    const DOMAINS: [&str; 3] = ["example.ru", "example.com", "mail.example.org"];
    let name = NAMES[(number % 6) as usize];
    let domain = DOMAINS[(number / 6 % 3) as usize];
    let year = 60 + number / 18 % 40;
    let dot = if (number / 720).is_multiple_of(2) { "." } else { "_" };
    format!("{name}{dot}{year}@{domain}")
}

/// Numbers up to 001-001-998 were never issued.
fn snils(number: u64) -> String {
    let serial = number % 1_000;
    // Digits weigh 9 to 1 from the left; of 001-000 only the one counts.
    let check = 7 + serial / 100 * 3 + serial / 10 % 10 * 2 + serial % 10;
    format!("001-000-{serial:03} {:02}", check % 101 % 100)
}

fn card(number: u64) -> String {
    let body = 220_000_000_000_000 + number % 1_000_000_000;
    let digits = body.to_string();
    let sum: u64 = digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u64::from(digit - b'0');
            // Fifteen digits before the check digit: the first is doubled.
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    let all = format!("{digits}{check}");
    format!("{} {} {} {}", &all[..4], &all[4..8], &all[8..12], &all[12..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_in_ten_has_something_and_it_repeats() {
        let all: Vec<Planted> = (0..20_000).filter_map(planted).collect();
        assert!((1_800..2_200).contains(&all.len()), "{}", all.len());
        assert_eq!(planted(7), planted(7));
        for kind in [PlantedKind::Phone, PlantedKind::Email, PlantedKind::Snils, PlantedKind::Card]
        {
            assert!(all.iter().filter(|p| p.kind == kind).count() > 100, "{kind:?}");
        }
    }

    #[test]
    fn the_shapes_are_right_and_the_values_nobodys() {
        for found in (0..20_000).filter_map(planted) {
            let digits: Vec<u32> = found.text.chars().filter_map(|c| c.to_digit(10)).collect();
            match found.kind {
                PlantedKind::Phone => {
                    assert_eq!(digits.len(), 11);
                    assert_eq!(digits[4..7], [0, 0, 0]);
                }
                PlantedKind::Email => assert!(found.text.contains("example.")),
                PlantedKind::Snils => {
                    assert_eq!(digits.len(), 11);
                    let sum: u32 = (0..9).map(|i| digits[i] * (9 - i as u32)).sum();
                    assert_eq!(sum % 101 % 100, digits[9] * 10 + digits[10], "{}", found.text);
                }
                PlantedKind::Card => {
                    let luhn: u32 = digits
                        .iter()
                        .rev()
                        .enumerate()
                        .map(|(i, d)| match i % 2 {
                            0 => *d,
                            _ => d * 2 / 10 + d * 2 % 10,
                        })
                        .sum();
                    assert_eq!((digits.len(), luhn % 10), (16, 0), "{}", found.text);
                }
            }
        }
    }
}
