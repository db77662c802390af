//! JSON written straight into bytes, as `serde_json` would write it.
//!
//! A first sync is millions of lines, so the server does not build the wire
//! types for each: tests hold these functions against serde's form of them.

use crate::domain::Timestamp;

/// The text in quotes, escaped.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// The text escaped, without quotes.
pub(crate) fn escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (i, byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0C => b'f',
            0..0x20 => b'u',
            _ => continue,
        };
        out.extend_from_slice(&bytes[start..i]);
        start = i + 1;
        out.extend_from_slice(&[b'\\', short]);
        if short == b'u' {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(b"00");
            out.extend_from_slice(&digits);
        }
    }
    out.extend_from_slice(&bytes[start..]);
}

pub(crate) fn integer(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// A hundred-thousandth of a degree is about a metre.
pub(crate) const DEGREE_PARTS: i32 = 100_000;

/// Degrees from hundred-thousandths, with as many decimals as it takes.
pub(crate) fn degrees(out: &mut Vec<u8>, parts: i32) {
    if parts < 0 {
        out.push(b'-');
    }
    let size = parts.unsigned_abs();
    let unit = DEGREE_PARTS.unsigned_abs();
    integer(out, u64::from(size / unit));
    out.push(b'.');
    let mut rest = size % unit;
    let mut part = unit / 10;
    loop {
        out.push(b'0' + (rest / part) as u8);
        rest %= part;
        part /= 10;
        if rest == 0 || part == 0 {
            break;
        }
    }
}

/// The moment in quotes, `"2026-11-23T07:05:00Z"`.
pub(crate) fn time(out: &mut Vec<u8>, at: Timestamp) {
    let (year, month, day) = civil(at.0 / 86_400);
    let second = at.0 % 86_400;
    let pair = |number: u32| [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
    out.push(b'"');
    out.extend_from_slice(&pair(year / 100));
    out.extend_from_slice(&pair(year % 100));
    out.push(b'-');
    out.extend_from_slice(&pair(month));
    out.push(b'-');
    out.extend_from_slice(&pair(day));
    out.push(b'T');
    out.extend_from_slice(&pair(second / 3600));
    out.push(b':');
    out.extend_from_slice(&pair(second / 60 % 60));
    out.push(b':');
    out.extend_from_slice(&pair(second % 60));
    out.extend_from_slice(b"Z\"");
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian
/// calendar. Years run from March, so that the leap day is the last.
const fn civil(day: u32) -> (u32, u32, u32) {
    // From 0000-03-01, in eras of 400 years.
    let day = day + 719_468;
    let era = day / 146_097;
    let of_era = day % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + (month <= 2) as u32;
    (year, month, of_year - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_are_escaped_as_serde_escapes_them() {
        let all: String = (0u8..128).map(char::from).chain("ёӌ «»\u{2028}😀".chars()).collect();
        assert_eq!(written(|o| string(o, &all)), serde_json::to_string(&all).unwrap());
        assert_eq!(written(|o| string(o, "")), "\"\"");
    }

    #[test]
    fn numbers_are_plain() {
        for number in [0, 7, 10, 99, 12_345, u64::MAX] {
            assert_eq!(written(|o| integer(o, number)), number.to_string());
        }
        for parts in [5_372_123, 5_370_000, 5_300_000, 9_000_010, -123_450, 0] {
            let expected = serde_json::to_string(&(f64::from(parts) / 1e5)).unwrap();
            assert_eq!(written(|o| degrees(o, parts)), expected);
        }
    }

    #[test]
    fn times_are_as_the_domain_writes_them() {
        let mut secs = 0u32;
        while let Some(next) = secs.checked_add(7_654_321) {
            let at = Timestamp(secs);
            assert_eq!(written(|o| time(o, at)), format!("\"{}\"", at.to_rfc3339()));
            secs = next;
        }
        for text in ["2000-02-29T23:59:59Z", "2024-03-01T00:00:00Z", "2099-12-31T12:00:00Z"] {
            let at = Timestamp::parse_rfc3339(text).unwrap();
            assert_eq!(written(|o| time(o, at)), format!("\"{text}\""));
        }
    }
}
