//! Why a line or a part of it was left out, as stable keys and counts.

use std::collections::BTreeMap;

/// Declares the reasons with their keys.
macro_rules! reasons {
    ($( $(#[$meta:meta])* $variant:ident = $key:literal ),+ $(,)?) => {
        /// A reason; its key names a counter and its text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $( $(#[$meta])* $variant ),+ }

        impl Reason {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

reasons! {
    // The line was left out.
    NotUtf8 = "not-utf8",
    TooLong = "line-too-long",
    NotJson = "not-json",
    /// Neither a change nor the end of a batch.
    NotAChange = "not-a-change",
    BadId = "bad-id",
    BadRevision = "bad-revision",
    NoData = "no-data",
    BadData = "bad-data",
    DuplicateField = "duplicate-field",
    /// A date that the record cannot be without.
    BadDate = "bad-date",
    /// Belongs to an incident and does not say to which.
    NoIncident = "no-incident",
    /// Stored already in a newer revision.
    OlderRevision = "older-revision",

    // The line was kept without something, or repaired.
    UnknownKind = "unknown-kind",
    UnknownEvent = "unknown-event",
    UnknownStatus = "unknown-status",
    UnknownRegime = "unknown-regime",
    UnknownSource = "unknown-source",
    UnknownBlock = "unknown-block",
    UnknownMark = "unknown-mark",
    UnknownMunicipality = "unknown-municipality",
    DateDropped = "date-dropped",
    FieldDropped = "field-dropped",
    ExtraDropped = "extra-dropped",
    PlaceSwapped = "place-swapped",
    PlaceOutside = "place-outside",
    PlaceNotANumber = "place-not-a-number",
    NulStripped = "nul-stripped",
    /// A clock somewhere is wrong.
    FromTheFuture = "from-the-future",
    /// It is said to have ended before it began.
    TimesReversed = "times-reversed",
    /// Of an event that is older than its incident.
    BeforeIncident = "before-incident",
    /// Of an event that the table of moves does not allow there.
    OutOfOrder = "out-of-order",
}

impl Reason {
    /// True where the whole line was left out, not a part of it.
    pub const fn is_rejection(self) -> bool {
        matches!(
            self,
            Self::NotUtf8
                | Self::TooLong
                | Self::NotJson
                | Self::NotAChange
                | Self::BadId
                | Self::BadRevision
                | Self::NoData
                | Self::BadData
                | Self::DuplicateField
                | Self::BadDate
                | Self::NoIncident
                | Self::OlderRevision
        )
    }

    /// One sentence for the log, without anything that came over the wire.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotUtf8 => "a line is not UTF-8 and was left out",
            Self::TooLong => "a line is longer than the limit and was left out",
            Self::NotJson => "a line is not JSON and was left out",
            Self::NotAChange => {
                "a line is neither a change nor the end of a batch and was left out"
            }
            Self::BadId => "a change has no usable id and was left out",
            Self::BadRevision => "a change has no usable revision and was left out",
            Self::NoData => "a change has neither data nor a deletion and was left out",
            Self::BadData => "the data of a change is not as the contract says and was left out",
            Self::DuplicateField => "a change names a field twice and was left out",
            Self::BadDate => "a change lacks a usable date that it needs and was left out",
            Self::NoIncident => "a change does not name its incident and was left out",
            Self::OlderRevision => "a revision went backwards; the newer one was kept",
            Self::UnknownKind => "a kind is not known to this version; it was kept unread",
            Self::UnknownEvent => "an event is not known to this version; it was kept unread",
            Self::UnknownStatus => "a status is not known; the incident was kept as new or closed",
            Self::UnknownRegime => "a regime is not known and was taken as other",
            Self::UnknownSource => "a source is not known and was taken as other",
            Self::UnknownBlock => "a block is not known and was taken as outside of the blocks",
            Self::UnknownMark => "a mark is not known and was dropped",
            Self::UnknownMunicipality => "a municipality code is not usable and was dropped",
            Self::DateDropped => "a date is not usable and was dropped",
            Self::FieldDropped => "a field holds what it cannot hold and was dropped",
            Self::ExtraDropped => "unknown fields are too large or too deep and were dropped",
            Self::PlaceSwapped => "latitude and longitude were swapped and were put right",
            Self::PlaceOutside => "a place lies outside of the region and was dropped",
            Self::PlaceNotANumber => "a coordinate is missing or no number; the place was dropped",
            Self::NulStripped => "a text held NUL characters; they were taken out",
            Self::FromTheFuture => "a moment lies more than a day ahead; it was kept as it came",
            Self::TimesReversed => {
                "an incident is registered, answered or closed before it came; it was kept as it came"
            }
            Self::BeforeIncident => {
                "an event is older than its incident; it was kept, and no duration told from it"
            }
            Self::OutOfOrder => {
                "an event does not follow from the status that it names; it was kept as it came"
            }
        }
    }
}

/// How often each reason came up, and on which line first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skips {
    counts: BTreeMap<Reason, Skip>,
}

/// One counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skip {
    pub count: u64,
    /// Number of the line in its page, from 1.
    pub first_line: u32,
}

impl Skips {
    pub fn add(&mut self, reason: Reason, line: u32) {
        self.counts.entry(reason).or_insert(Skip { count: 0, first_line: line }).count += 1;
    }

    pub fn add_all(&mut self, other: &Self) {
        for (reason, skip) in other.iter() {
            let ours = self.counts.entry(reason).or_insert(Skip { count: 0, ..skip });
            ours.count += skip.count;
        }
    }

    pub fn get(&self, reason: Reason) -> u64 {
        self.counts.get(&reason).map_or(0, |skip| skip.count)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Reason, Skip)> + '_ {
        self.counts.iter().map(|(&reason, &skip)| (reason, skip))
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_distinct_and_read_back() {
        for &reason in Reason::ALL {
            assert_eq!(Reason::from_key(reason.key()), Some(reason));
            assert!(!reason.sentence().is_empty());
        }
        assert_eq!(Reason::from_key("nothing"), None);
    }
}
