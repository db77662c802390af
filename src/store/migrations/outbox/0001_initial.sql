-- What was done on this computer and no server can give back. Small, written
-- with synchronous=FULL, and every row carries its own check: a flipped bit
-- that SQLite does not notice is noticed here.

-- `check_sum` is a CRC-32 over all other columns (outbox.rs). `state` is a key
-- of outbox.rs; a command that the server accepted leaves the table.
CREATE TABLE command (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    incident   TEXT,
    command    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    answer     TEXT,
    check_sum  INTEGER NOT NULL
) STRICT;

-- Rows whose check failed, as they were found: shown, never sent, never dropped.
CREATE TABLE damaged_command (
    seq      INTEGER PRIMARY KEY,
    found_at INTEGER NOT NULL,
    contents TEXT NOT NULL
) STRICT;

-- Who did what here. `hash` chains each row to the one before (audit.rs), so
-- that a row changed, removed or put in between later is noticed.
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    action TEXT NOT NULL,
    role   TEXT NOT NULL,
    office TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- What was found damaged in this folder, and what was saved of it.
CREATE TABLE repair (
    num        INTEGER PRIMARY KEY,
    file       TEXT NOT NULL,
    moved_to   TEXT NOT NULL,
    rows_saved INTEGER NOT NULL,
    gaps       INTEGER NOT NULL
) STRICT;
