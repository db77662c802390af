//! What the store knows about itself: whose data it is and how far it was read.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Error, Result};
use crate::domain::Timestamp;

/// The installation behind a server, as it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    pub instance: String,
    /// Changes when the server was restored from a backup.
    pub epoch: String,
    /// True where the data is a demonstration.
    pub demo: bool,
    /// Name and major version of the protocol.
    pub protocol: String,
}

/// How an installation stands to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nothing was stored; it is bound now, for life.
    First,
    Same,
    /// The same installation began its revisions anew: everything is to be read
    /// anew, and nothing was changed yet.
    EpochChanged,
}

/// Why everything is read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// The cursor is no longer known to the server; its revisions go on.
    CursorExpired,
    /// Revisions began again: what is read first counts, whatever its revision.
    NewEpoch,
}

/// State of reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    pub installation: Option<Installation>,
    /// Where the next pull goes on; `None` is the beginning.
    pub cursor: Option<String>,
    /// How often everything was begun to be read anew.
    pub generation: u64,
    pub anew: Option<Anew>,
    /// When the store last reached the server's head.
    pub last_sync_at: Option<Timestamp>,
    /// Random name of this very file: search.db says which one it indexes.
    pub store_id: String,
}

impl Meta {
    pub fn load(connection: &Connection) -> Result<Self> {
        let text = |key| get(connection, key);
        let installation = match text("instance")? {
            None => None,
            Some(instance) => Some(Installation {
                instance,
                epoch: text("epoch")?.unwrap_or_default(),
                demo: text("demo")?.as_deref() == Some("1"),
                protocol: text("protocol")?.unwrap_or_default(),
            }),
        };
        Ok(Self {
            installation,
            cursor: text("cursor")?,
            generation: number(text("generation")?).unwrap_or(0),
            anew: match text("anew")?.as_deref() {
                Some("expired") => Some(Anew::CursorExpired),
                Some("epoch") => Some(Anew::NewEpoch),
                _ => None,
            },
            last_sync_at: number(text("last_sync_at")?).map(Timestamp),
            store_id: text("store_id")?.unwrap_or_default(),
        })
    }
}

/// Binds the store at the first call; later only compares.
pub fn bind(connection: &Connection, offered: &Installation) -> Result<Bound> {
    let Some(bound) = Meta::load(connection)?.installation else {
        store_installation(connection, offered)?;
        return Ok(Bound::First);
    };
    if bound.demo != offered.demo {
        return Err(Error::DemoMixed);
    }
    if bound.instance != offered.instance {
        let offered = offered.instance.clone();
        return Err(Error::OtherInstance { bound: bound.instance, offered });
    }
    Ok(if bound.epoch == offered.epoch { Bound::Same } else { Bound::EpochChanged })
}

/// Forgets the cursor and begins a generation.
pub fn begin_anew(connection: &Connection, why: Anew, now: &Installation) -> Result<()> {
    let generation = Meta::load(connection)?.generation + 1;
    store_installation(connection, now)?;
    set(connection, "generation", &generation.to_string())?;
    set(connection, "anew", if why == Anew::NewEpoch { "epoch" } else { "expired" })?;
    unset(connection, "cursor")
}

fn store_installation(connection: &Connection, it: &Installation) -> Result<()> {
    set(connection, "instance", &it.instance)?;
    set(connection, "epoch", &it.epoch)?;
    set(connection, "demo", if it.demo { "1" } else { "0" })?;
    set(connection, "protocol", &it.protocol)
}

pub fn get(connection: &Connection, key: &str) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub fn set(connection: &Connection, key: &str, value: &str) -> Result<()> {
    connection
        .prepare_cached("REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}

pub fn unset(connection: &Connection, key: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
    Ok(())
}

fn number<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
    text.and_then(|digits| digits.parse().ok())
}
