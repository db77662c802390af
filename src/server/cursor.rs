//! Places in the log of changes, as clients carry them.

use super::refusal::Refused;
use crate::sync::protocol::Scope;

/// Longest cursor of the contract.
const MOST_CHARS: usize = 200;

/// A place behind a revision, of one epoch and one scope: a token that sees
/// less or more than the one before reads anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) epoch: String,
    pub(crate) scope: Scope,
    pub(crate) rev: u64,
}

impl Cursor {
    pub(crate) fn to_text(&self) -> String {
        let scope = match self.scope {
            Scope::Desk => 'd',
            Scope::Wall => 'w',
        };
        format!("{}.{scope}.{}", self.epoch, self.rev)
    }

    /// Reads what [`Self::to_text`] wrote. What no server gives out is
    /// malformed; what only this one would not is no cursor of its.
    pub(crate) fn parse(text: &str) -> Result<Self, Refused> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        if !(1..=MOST_CHARS).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(Refused::Malformed("`after` is not a cursor".to_owned()));
        }
        Self::ours(text).ok_or(Refused::CursorExpired)
    }

    fn ours(text: &str) -> Option<Self> {
        let (epoch, rest) = text.split_once('.')?;
        let (scope, rev) = rest.split_once('.')?;
        let scope = match scope {
            "d" => Scope::Desk,
            "w" => Scope::Wall,
            _ => return None,
        };
        let digits = rev.bytes().all(|byte| byte.is_ascii_digit());
        let rev = rev.parse().ok().filter(|_| digits)?;
        Some(Self { epoch: epoch.to_owned(), scope, rev })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_does_not() {
        let cursor = Cursor { epoch: "3f9a".to_owned(), scope: Scope::Wall, rev: 1_234 };
        assert_eq!(cursor.to_text(), "3f9a.w.1234");
        assert_eq!(Cursor::parse(&cursor.to_text()), Ok(cursor));
        for text in ["", "a d", "é.d.1", "a/b", &"x".repeat(201)] {
            assert!(matches!(Cursor::parse(text), Err(Refused::Malformed(_))), "{text}");
        }
        for text in ["x", "a.d", "a.d.", "a.x.1", "a.d.1.2", "a.d.-1", "a.d.99999999999999999999"] {
            assert_eq!(Cursor::parse(text), Err(Refused::CursorExpired), "{text}");
        }
    }
}
