//! Checks that every kind of record shares.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::fields;
use super::reason::{Reason, Skips};
use crate::domain::{Block, Oktmo, Source, Status, Timestamp};

/// Longest id that is believed.
const ID_BYTES: usize = 200;
/// Unknown fields are kept up to this size and depth.
const EXTRA_BYTES: usize = 16 << 10;
const EXTRA_DEPTH: usize = 32;

/// Where the checks of one line write down what they found.
pub(super) struct Notes<'a> {
    pub(super) skips: &'a mut Skips,
    pub(super) line: u32,
    /// By our clock.
    pub(super) now: Timestamp,
}

/// Clocks that differ by less differ by a wrong zone at most.
const FUTURE_SECS: i64 = 86_400;

impl Notes<'_> {
    pub(super) fn add(&mut self, reason: Reason) {
        self.skips.add(reason, self.line);
    }

    /// Marks a moment at which something is said to have happened.
    pub(super) fn happened(&mut self, at: Option<Timestamp>) {
        if at.is_some_and(|at| at > self.now.plus_secs(FUTURE_SECS)) {
            self.add(Reason::FromTheFuture);
        }
    }

    /// A text without NUL characters, which `SQLite`'s tools take for its end.
    pub(super) fn text(&mut self, text: String) -> String {
        if memchr::memchr(0, text.as_bytes()).is_none() {
            return text;
        }
        self.add(Reason::NulStripped);
        text.replace('\0', "")
    }

    pub(super) fn optional_text(&mut self, text: Option<String>) -> Option<String> {
        text.map(|text| self.text(text)).filter(|text| !text.is_empty())
    }

    /// A date that the record can be without.
    pub(super) fn optional_date(&mut self, text: Option<&str>) -> Option<Timestamp> {
        let date = Timestamp::parse_rfc3339(text?);
        if date.is_err() {
            self.add(Reason::DateDropped);
        }
        date.ok()
    }

    pub(super) fn source(&mut self, key: &str) -> Source {
        self.known(Source::from_key(key), Source::Other, Reason::UnknownSource)
    }

    pub(super) fn block(&mut self, key: &str) -> Block {
        self.known(Block::from_key(key), Block::Outside, Reason::UnknownBlock)
    }

    pub(super) fn optional_status(&mut self, key: Option<&str>) -> Option<Status> {
        let status = Status::from_key(key?);
        if status.is_none() {
            self.add(Reason::UnknownStatus);
        }
        status
    }

    /// Eight digits, or eleven of a settlement, of which the first eight are
    /// its municipality.
    pub(super) fn municipality(&mut self, code: Option<&str>) -> Option<Oktmo> {
        let code = code?.trim();
        let eight = if code.len() == 11 { code.get(..8).unwrap_or(code) } else { code };
        let oktmo = eight.parse().ok();
        if oktmo.is_none() {
            self.add(Reason::UnknownMunicipality);
        }
        oktmo
    }

    pub(super) fn known<T>(&mut self, value: Option<T>, fallback: T, reason: Reason) -> T {
        value.unwrap_or_else(|| {
            self.add(reason);
            fallback
        })
    }
}

/// Date that the record cannot be without.
pub(super) fn required_date(text: &str) -> Result<Timestamp, Reason> {
    Timestamp::parse_rfc3339(text).map_err(|_named| Reason::BadDate)
}

/// An id that can be kept: not empty, not endless, nothing invisible.
pub(super) fn id(id: &str) -> Result<&str, Reason> {
    let is_hidden = |text: &str| {
        if text.is_ascii() {
            text.bytes().any(|byte| byte.is_ascii_control())
        } else {
            text.chars().any(char::is_control)
        }
    };
    let usable = !id.is_empty() && id.len() <= ID_BYTES && !is_hidden(id);
    if usable { Ok(id) } else { Err(Reason::BadId) }
}

pub(super) fn incident_id(text: &str) -> Result<String, Reason> {
    id(text).map(str::to_owned).map_err(|_bad| Reason::NoIncident)
}

/// `data` as its type, and the fields that the type does not know as a JSON
/// object. A field that holds what it cannot hold is dropped where the record
/// can do without it (`droppable`).
pub(super) fn typed<T: DeserializeOwned>(
    json: &str,
    droppable: &[&str],
    notes: &mut Notes<'_>,
) -> Result<(T, Option<String>), Reason> {
    let mut extra = Extra::default();
    let error = match fields::read(json, |name, value| extra.add(name, value)) {
        Ok(data) => return Ok((data, extra.finish(notes))),
        Err(error) => error,
    };
    if error.to_string().starts_with("duplicate field") {
        return Err(Reason::DuplicateField);
    }
    let mut kept = String::with_capacity(json.len());
    fields::each(json, |name, value| {
        if !droppable.contains(&name) || can_hold::<T>(name, value) {
            fields::push(&mut kept, name, value);
        }
    })
    .ok_or(Reason::BadData)?;
    fields::close(&mut kept);
    let mut extra = Extra::default();
    let data = fields::read(&kept, |name, value| extra.add(name, value))
        .map_err(|_content| Reason::BadData)?;
    notes.add(Reason::FieldDropped);
    Ok((data, extra.finish(notes)))
}

/// True where a record with this field alone can be read.
fn can_hold<T: DeserializeOwned>(name: &str, value: &RawValue) -> bool {
    let mut object = String::new();
    fields::push(&mut object, name, value);
    fields::close(&mut object);
    fields::read::<T>(&object, |_, _| {}).is_ok()
}

/// Unknown fields, as far as they are kept.
#[derive(Default)]
struct Extra {
    object: String,
    has_dropped: bool,
}

impl Extra {
    fn add(&mut self, name: &str, value: &RawValue) {
        let value_bytes = value.get().len();
        let fits = self.object.len() + name.len() + value_bytes <= EXTRA_BYTES
            && depth(value.get()) <= EXTRA_DEPTH;
        if fits {
            fields::push(&mut self.object, name, value);
        }
        self.has_dropped |= !fits;
    }

    fn finish(mut self, notes: &mut Notes<'_>) -> Option<String> {
        if self.has_dropped {
            notes.add(Reason::ExtraDropped);
        }
        if self.object.is_empty() {
            return None;
        }
        fields::close(&mut self.object);
        Some(self.object)
    }
}

/// Deepest nesting of brackets outside of texts.
fn depth(json: &str) -> usize {
    let (mut deepest, mut now, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Some servers write NaN and Infinity, which JSON does not have: the same
/// line with `null` in their place, or `None` where it has none.
pub(super) fn without_nan(json: &str) -> Option<String> {
    const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !WORDS.iter().any(|word| json.contains(word)) {
        return None;
    }
    let mut out = String::with_capacity(json.len());
    let (mut rest, mut in_text) = (json, false);
    while let Some(next) = rest.chars().next() {
        let word = WORDS.iter().find(|word| !in_text && rest.starts_with(**word));
        let step = match (word, next) {
            (Some(word), _) => {
                out.push_str("null");
                rest = &rest[word.len()..];
                continue;
            }
            (None, '\\') => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            (None, '"') => {
                in_text = !in_text;
                1
            }
            (None, other) => other.len_utf8(),
        };
        out.push_str(&rest[..step]);
        rest = &rest[step..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted<T>(work: impl FnOnce(&mut Notes<'_>) -> T) -> (T, Skips) {
        let mut skips = Skips::default();
        let value = work(&mut Notes { skips: &mut skips, line: 1, now: Timestamp(u32::MAX) });
        (value, skips)
    }

    #[test]
    fn not_a_number_becomes_null_outside_of_texts_only() {
        let line = r#"{"lat":NaN,"lon":-Infinity,"text":"NaN \" NaN","x":[Infinity]}"#;
        let mended = without_nan(line).unwrap();
        assert_eq!(mended, r#"{"lat":null,"lon":null,"text":"NaN \" NaN","x":[null]}"#);
        assert_eq!(without_nan(r#"{"lat":1}"#), None);
    }

    /// The unknown fields of an object of which only `name` is known.
    fn extra_of(json: &str) -> (Option<String>, Skips) {
        #[derive(serde::Deserialize)]
        struct Named {
            name: u8,
        }
        let (read, skips) = noted(|notes| typed::<Named>(json, &[], notes));
        let (Named { name }, extra) = read.unwrap();
        assert_eq!(name, 1);
        (extra, skips)
    }

    #[test]
    fn unknown_fields_are_kept_within_bounds() {
        let (object, skips) = extra_of(r#"{"new":{"x":[1]},"name":1,"b":2}"#);
        assert_eq!(object.unwrap(), r#"{"new":{"x":[1]},"b":2}"#);
        assert!(skips.is_empty());
        assert_eq!(extra_of(r#"{"name":1}"#).0, None);
        let large = format!(r#"{{"name":1,"large":"{}","new":2}}"#, "x".repeat(20_000));
        let (object, skips) = extra_of(&large);
        assert_eq!(object.unwrap(), r#"{"new":2}"#);
        assert_eq!(skips.get(Reason::ExtraDropped), 1);
    }

    #[test]
    fn a_hundred_thousand_levels_in_an_unknown_field_are_stepped_over() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let (object, skips) = extra_of(&format!(r#"{{"name":1,"deep":{deep},"new":2}}"#));
        assert_eq!(object.unwrap(), r#"{"new":2}"#);
        assert_eq!(skips.get(Reason::ExtraDropped), 1);
    }

    #[test]
    fn brackets_in_texts_are_no_depth() {
        assert_eq!(depth(r#"{"a":["[[[[\"[["]}"#), 2);
        assert_eq!(depth("1"), 0);
    }

    #[test]
    fn ids_are_short_and_visible() {
        assert!(id("ПОС-2026/17").is_ok());
        for bad in ["", "a\nb", "a\0b", &"x".repeat(201)] {
            assert_eq!(id(bad), Err(Reason::BadId));
        }
    }

    #[test]
    fn a_settlement_code_leads_to_its_municipality() {
        let read = |code| noted(|notes| notes.municipality(Some(code)));
        assert_eq!(read("95701000").0.unwrap().get(), 95_701_000);
        assert_eq!(read("95701000001").0.unwrap().get(), 95_701_000);
        let (none, skips) = read("Абакан");
        assert_eq!((none, skips.get(Reason::UnknownMunicipality)), (None, 1));
        assert_eq!(read("д95701000х").0, None);
    }
}
