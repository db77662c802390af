//! One way to write the small fixed vocabularies of the field.
//!
//! Each is a dense `u8` enum, because the in-memory table keeps it as a byte,
//! and each has an ASCII key, because the API, the database and the data files
//! name it by that.

/// Declares a `#[repr(u8)]` enum whose variants carry a key, with `ALL`,
/// `COUNT`, `key`, `from_key`, `index`, `from_index`, `Display` and serde by
/// key.
macro_rules! keyed_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $key:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[repr(u8)]
        pub enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $key)] $variant ),+
        }

        impl $name {
            /// Every value, in the order of the indices.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// How many values there are; indices are `0..COUNT`.
            pub const COUNT: usize = Self::ALL.len();

            /// The name in the API, the database and the data files.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The value of that key; `None` for a key that this version does
            /// not know.
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => None }
            }

            /// The byte that stands for it in a column of the table.
            pub const fn index(self) -> u8 {
                self as u8
            }

            /// The value of a byte from a column.
            pub fn from_index(index: u8) -> Option<Self> {
                Self::ALL.get(usize::from(index)).copied()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.key())
            }
        }
    };
}

pub(crate) use keyed_enum;

#[cfg(test)]
mod tests {
    use crate::domain::action::{Mark, Verdict};
    use crate::domain::{
        Block, CommandKind, EventKind, Pressing, Regime, Role, Source, Status, ViewRight,
    };

    macro_rules! assert_dense {
        ($($name:ty: $count:literal),+) => { $(
            assert_eq!(<$name>::COUNT, $count, stringify!($name));
            for (i, value) in <$name>::ALL.iter().copied().enumerate() {
                assert_eq!(usize::from(value.index()), i);
                assert_eq!(<$name>::from_index(value.index()), Some(value));
                assert_eq!(<$name>::from_key(value.key()), Some(value));
                let json = serde_json::to_string(&value).unwrap();
                assert_eq!(json, format!("\"{}\"", value.key()));
                assert_eq!(serde_json::from_str::<$name>(&json).unwrap(), value);
            }
            assert_eq!(<$name>::from_index($count), None);
            assert_eq!(<$name>::from_key("no such key"), None);
        )+ };
    }

    #[test]
    fn every_vocabulary_is_dense_and_reads_back() {
        assert_dense!(Block: 9, Source: 10, Regime: 4, Status: 11, Role: 6);
        assert_dense!(EventKind: 27, CommandKind: 25, ViewRight: 3);
        assert_dense!(Mark: 3, Verdict: 3, Pressing: 4);
    }
}
