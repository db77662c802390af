//! What the store knows about itself: whose data it is and how far it was read.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Error, Result};
use crate::domain::Timestamp;

/// The installation behind a server, as it says of itself and of who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    pub instance: String,
    /// Changes when the server was restored from a backup.
    pub epoch: String,
    /// True where the data is a demonstration.
    pub demo: bool,
    /// Name and major version of the protocol.
    pub protocol: String,
    /// Key of what the token may see there; empty where that was never told.
    pub scope: String,
}

impl Installation {
    /// How another one stands to this one, to which something is bound.
    ///
    /// # Errors
    /// Where the data of the two may not meet.
    pub(super) fn compare(&self, offered: &Self) -> Result<Bound> {
        if self.demo != offered.demo {
            return Err(Error::DemoMixed);
        }
        if self.instance != offered.instance {
            let (bound, offered) = (self.instance.clone(), offered.instance.clone());
            return Err(Error::OtherInstance { bound, offered });
        }
        if self.epoch != offered.epoch {
            return Ok(Bound::EpochChanged);
        }
        let has_same_scope = self.scope.is_empty() || self.scope == offered.scope;
        Ok(if has_same_scope { Bound::Same } else { Bound::ScopeChanged })
    }
}

/// Scope of a token that may see nothing personal.
const NARROW_SCOPE: &str = "wall";

/// How an installation stands to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nothing was stored; it is bound now, for life.
    First,
    Same,
    /// The same installation began its revisions anew: everything is to be read
    /// anew, and nothing was changed yet.
    EpochChanged,
    /// The token sees less or more than the one before: the same revisions have
    /// other contents. Everything is to be read anew, and nothing was changed yet.
    ScopeChanged,
}

/// Why everything is read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// The cursor is no longer known to the server; its revisions go on.
    CursorExpired,
    /// Revisions began again, or the same ones have other contents: what is read
    /// first counts, whatever its revision.
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
                scope: text("scope")?.unwrap_or_default(),
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
    let compared = bound.compare(offered)?;
    if compared == Bound::Same && bound.scope.is_empty() {
        store_installation(connection, offered)?;
    }
    Ok(compared)
}

/// Forgets the cursor and begins a generation.
pub fn begin_anew(connection: &Connection, why: Anew, now: &Installation) -> Result<()> {
    let before = Meta::load(connection)?;
    let generation = before.generation + 1;
    let has_lost = now.scope == NARROW_SCOPE
        && before.installation.is_some_and(|bound| bound.scope != NARROW_SCOPE);
    if has_lost {
        set(connection, LEFT_OVER, "1")?;
    }
    store_installation(connection, now)?;
    set(connection, "generation", &generation.to_string())?;
    set(connection, "anew", if why == Anew::NewEpoch { "epoch" } else { "expired" })?;
    unset(connection, "cursor")
}

/// Key that stands from the moment on which a token may no longer see what is
/// stored until the file holds no trace of it.
pub(super) const LEFT_OVER: &str = "left_over";

/// True where deleted texts of citizens are still to be wiped from the file.
pub(super) fn has_left_over(connection: &Connection) -> Result<bool> {
    Ok(get(connection, LEFT_OVER)?.is_some())
}

/// True where the file itself is wiped and only its log is left.
pub(super) fn is_file_wiped(connection: &Connection) -> Result<bool> {
    Ok(get(connection, LEFT_OVER)?.as_deref() == Some("log"))
}

pub(super) fn file_is_wiped(connection: &Connection) -> Result<()> {
    set(connection, LEFT_OVER, "log")
}

pub(super) fn nothing_is_left_over(connection: &Connection) -> Result<()> {
    unset(connection, LEFT_OVER)
}

/// Gives the file another name, so that the text index is built anew.
pub(super) fn rename(connection: &Connection) -> Result<()> {
    connection.execute(
        "REPLACE INTO meta (key, value) VALUES ('store_id', lower(hex(randomblob(16))))",
        [],
    )?;
    Ok(())
}

fn store_installation(connection: &Connection, it: &Installation) -> Result<()> {
    set(connection, "instance", &it.instance)?;
    set(connection, "epoch", &it.epoch)?;
    set(connection, "demo", if it.demo { "1" } else { "0" })?;
    set(connection, "protocol", &it.protocol)?;
    set(connection, "scope", &it.scope)
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
