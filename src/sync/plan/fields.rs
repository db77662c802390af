//! Reading `data` into its type and setting aside the fields that the type
//! does not know, in one pass.

use std::borrow::Cow;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::value::RawValue;

/// Text that is borrowed where it is written without escapes.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Reads `json` as `T`; `unknown` is called with the fields that `T` has not.
pub(super) fn read<T: DeserializeOwned>(
    json: &str,
    unknown: impl FnMut(&str, &RawValue),
) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    T::deserialize(Record { inner: &mut deserializer, unknown })
}

/// Calls `each` with every field of a JSON object; `None` where it is none.
pub(super) fn each(json: &str, each: impl FnMut(&str, &RawValue)) -> Option<()> {
    /// A type without fields: everything is unknown to it.
    #[derive(Deserialize)]
    struct Nothing {}
    read::<Nothing>(json, each).ok().map(|Nothing {}| ())
}

/// Appends a field to an object that is being written.
pub(super) fn push(object: &mut String, name: &str, value: &RawValue) {
    object.push(if object.is_empty() { '{' } else { ',' });
    object.push_str(&serde_json::Value::from(name).to_string());
    object.push(':');
    object.push_str(value.get());
}

/// Ends an object that was written with [`push`].
pub(super) fn close(object: &mut String) {
    if object.is_empty() {
        object.push('{');
    }
    object.push('}');
}

/// A deserializer of one record: it stands between the type and the JSON.
struct Record<'a, 'de, F> {
    inner: &'a mut serde_json::Deserializer<serde_json::de::StrRead<'de>>,
    unknown: F,
}

impl<'de, F: FnMut(&str, &RawValue)> Deserializer<'de> for Record<'_, 'de, F> {
    type Error = serde_json::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.inner.deserialize_map(Object { visitor, known, unknown: self.unknown })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> serde_json::Result<V::Value> {
        Err(serde_json::Error::custom("a record is a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

struct Object<V, F> {
    visitor: V,
    known: &'static [&'static str],
    unknown: F,
}

impl<'de, V: Visitor<'de>, F: FnMut(&str, &RawValue)> Visitor<'de> for Object<V, F> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let Self { visitor, known, unknown } = self;
        visitor.visit_map(KnownOnly { map, names: known, next: 0, unknown })
    }
}

/// The fields that the type knows; the others go to `unknown`.
struct KnownOnly<A, F> {
    map: A,
    names: &'static [&'static str],
    /// Where the next name is looked for first: servers write fields in one order.
    next: usize,
    unknown: F,
}

impl<A, F> KnownOnly<A, F> {
    fn find(&mut self, name: &str) -> Option<u64> {
        let mut order = (self.next..self.names.len()).chain(0..self.next);
        let found = order.find(|&index| self.names[index] == name)?;
        self.next = found + 1;
        Some(found as u64)
    }
}

impl<'de, A: MapAccess<'de>, F: FnMut(&str, &RawValue)> MapAccess<'de> for KnownOnly<A, F> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Text(name)) = self.map.next_key()? {
            if let Some(index) = self.find(&name) {
                // Derived types know their fields by number as well as by name.
                return seed.deserialize(index.into_deserializer()).map(Some);
            }
            let value: &RawValue = self.map.next_value()?;
            (self.unknown)(&name, value);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Small {
        a: u8,
        b: Option<String>,
    }

    fn unknown_of(json: &str) -> (serde_json::Result<Small>, String) {
        let mut unknown = String::new();
        let read = read(json, |name, value| push(&mut unknown, name, value));
        close(&mut unknown);
        (read, unknown)
    }

    #[test]
    fn known_fields_are_read_in_any_order_and_the_others_set_aside() {
        for json in [
            r#"{"x":[1,{"a":9}],"a":1,"b":"q","neu\u0022":null}"#,
            r#"{"b":"q","x":[1,{"a":9}],"neu\u0022":null,"a":1}"#,
            r#"{"\u0062":"q","x":[1,{"a":9}],"neu\u0022":null,"a":1}"#,
        ] {
            let (small, unknown) = unknown_of(json);
            assert_eq!(small.unwrap(), Small { a: 1, b: Some("q".to_owned()) }, "{json}");
            assert_eq!(unknown, r#"{"x":[1,{"a":9}],"neu\"":null}"#, "{json}");
        }
        assert_eq!(unknown_of("{}").1, "{}");
    }

    #[test]
    fn a_field_named_twice_and_what_is_no_object_are_errors() {
        let twice = unknown_of(r#"{"a":1,"a":2}"#).0.unwrap_err().to_string();
        assert!(twice.starts_with("duplicate field"), "{twice}");
        for json in ["[1]", "1", "\"a\"", "null", "{\"a\":1", "{\"a\":1}}"] {
            assert!(unknown_of(json).0.is_err() || json == "{\"a\":1}}", "{json}");
        }
    }

    #[test]
    fn every_field_can_be_looked_at() {
        let mut seen = Vec::new();
        each(r#"{"a":1,"b":[2]}"#, |name, value| {
            seen.push((name.to_owned(), value.get().to_owned()));
        })
        .unwrap();
        assert_eq!(seen, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "[2]".to_owned())]);
        assert_eq!(each("[]", |_, _| {}), None);
    }
}
