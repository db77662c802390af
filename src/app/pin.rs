//! A short PIN that opens a locked desk. What is kept is a salted Argon2id hash:
//! slow to try, but a few digits are soon tried by whoever has the disk. It
//! guards against somebody who walks by.

use std::ops::RangeInclusive;

use argon2::Argon2;
use uuid::Uuid;

/// Digits of a PIN.
pub const PIN_DIGITS: RangeInclusive<usize> = 4..=12;

/// Names form and cost of the hash: a later one gets another name.
const FORM: &str = "argon2id-19m-2";

/// True where it could be one: it is never sent to a server as a token.
pub fn is_pin(text: &str) -> bool {
    PIN_DIGITS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// «form$salt$hash». `None` where it is not a PIN. Takes tens of milliseconds
/// and 19 MiB: not for a frame.
pub fn hash(pin: &str) -> Option<String> {
    // 74 of its bits are random, the rest is the time: no two are alike.
    let salt = Uuid::now_v7().simple().to_string();
    is_pin(pin).then(|| stretched(pin, &salt)).flatten().map(|hash| format!("{FORM}${salt}${hash}"))
}

/// True where `kept` was made of this PIN. As slow as [`hash`].
pub fn is_right(pin: &str, kept: &str) -> bool {
    let Some((salt, hash)) =
        kept.strip_prefix(FORM).and_then(|rest| rest.strip_prefix('$')?.split_once('$'))
    else {
        return false;
    };
    is_pin(pin) && stretched(pin, salt).is_some_and(|found| found == hash)
}

/// The default cost of the crate: 19 MiB, two passes, one lane.
fn stretched(pin: &str, salt: &str) -> Option<String> {
    let mut hash = [0; 16];
    let done = Argon2::default().hash_password_into(pin.as_bytes(), salt.as_bytes(), &mut hash);
    if let Err(error) = done {
        tracing::error!(%error, "a PIN could not be hashed");
        return None;
    }
    Some(format!("{:032x}", u128::from_be_bytes(hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_pin_opens_and_no_two_hashes_are_alike() {
        let kept = hash("4711").unwrap();
        assert!(is_right("4711", &kept));
        assert!(!is_right("4712", &kept) && !is_right("", &kept));
        assert_ne!(hash("4711").unwrap(), kept, "salted");
        assert!(!kept.contains("4711"));
        for damaged in ["", "4711", "argon2id-19m-2$", "other$salt$hash", &kept[..kept.len() - 1]] {
            assert!(!is_right("4711", damaged), "{damaged}");
        }
    }

    #[test]
    fn a_pin_is_a_few_digits() {
        for wrong in ["", "123", "1234567890123", "12a4", "١٢٣٤", " 1234"] {
            assert!(!is_pin(wrong) && hash(wrong).is_none(), "{wrong}");
        }
        assert!(is_pin("0000") && is_pin("123456789012"));
    }
}
