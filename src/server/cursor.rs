//! Places in the log of changes, as clients carry them.

use super::refusal::Refused;
use crate::sync::protocol::Scope;

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

    /// Reads what [`Self::to_text`] wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, Refused> {
        let wrong = || Refused::Malformed("`after` is not a cursor of this protocol".to_owned());
        let mut parts = text.split('.');
        let (Some(epoch), Some(scope), Some(rev), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let scope = match scope {
            "d" => Scope::Desk,
            "w" => Scope::Wall,
            _ => return Err(wrong()),
        };
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let digits = !rev.is_empty() && rev.bytes().all(|b| b.is_ascii_digit());
        if !plain(epoch) || epoch.len() > 32 || !digits {
            return Err(wrong());
        }
        let Ok(rev) = rev.parse() else { return Err(wrong()) };
        Ok(Self { epoch: epoch.to_owned(), scope, rev })
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
        for text in
            ["", "x", "a.d", "a.d.", "a.x.1", ".d.1", "a.d.1.2", "a.d.-1", "a.d.+1", "é.d.1"]
        {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
        assert!(Cursor::parse("a.d.99999999999999999999").is_err());
    }
}
