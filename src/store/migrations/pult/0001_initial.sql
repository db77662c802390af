-- The server's state as last pulled. Nothing here is made on this computer,
-- so all of it can be read again from the server.

-- Binding, cursor and state of reading; keys are in meta.rs.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The board's columns and nothing else: the board is loaded by one scan of this
-- table, and texts in between would make that scan ten times as long. Times are
-- UTC seconds, 0 where absent. `municipality` is the OKTMO and not its place in
-- the catalogue, because an official may edit the catalogue. Bytes of block,
-- regime, source and status are pinned by a test in incidents.rs.
CREATE TABLE incident_core (
    row          INTEGER PRIMARY KEY,
    received     INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    first_answer INTEGER NOT NULL,
    closed       INTEGER NOT NULL,
    x            INTEGER NOT NULL,
    y            INTEGER NOT NULL,
    settlement   INTEGER NOT NULL,
    topic        INTEGER NOT NULL,
    body         INTEGER NOT NULL,
    flags        INTEGER NOT NULL,
    municipality INTEGER NOT NULL,
    block        INTEGER NOT NULL,
    regime       INTEGER NOT NULL,
    source       INTEGER NOT NULL,
    status       INTEGER NOT NULL,
    rating       INTEGER NOT NULL
) STRICT;

-- The rest of an incident. `id_hash` is id_hash(id): an index over integers is
-- a third of one over texts, and is sorted faster after a first sync.
CREATE TABLE incident (
    row            INTEGER PRIMARY KEY,
    id_hash        INTEGER NOT NULL,
    rev            INTEGER NOT NULL,
    id             TEXT NOT NULL,
    summary        TEXT,
    address        TEXT,
    lat            REAL,
    lon            REAL,
    assignee       TEXT,
    author_kind    TEXT,
    registered     INTEGER NOT NULL,
    due_source     TEXT,
    policy_version TEXT,
    merged_into    TEXT,
    problem        TEXT,
    extra          TEXT
) STRICT;

-- `incident` is id_hash of the incident's id: a message may come before its
-- incident, so a row number cannot stand here.
CREATE TABLE message (
    row         INTEGER PRIMARY KEY,
    id_hash     INTEGER NOT NULL,
    rev         INTEGER NOT NULL,
    incident    INTEGER NOT NULL,
    received    INTEGER NOT NULL,
    source      INTEGER NOT NULL,
    id          TEXT NOT NULL,
    text        TEXT,
    url         TEXT,
    author_kind TEXT,
    extra       TEXT
) STRICT;

-- The append-only log; `incident` as in message, statuses 255 where absent.
CREATE TABLE event (
    row         INTEGER PRIMARY KEY,
    id_hash     INTEGER NOT NULL,
    rev         INTEGER NOT NULL,
    incident    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    actor       INTEGER NOT NULL,
    body        INTEGER NOT NULL,
    from_status INTEGER NOT NULL,
    to_status   INTEGER NOT NULL,
    id          TEXT NOT NULL,
    reason      TEXT,
    text        TEXT,
    extra       TEXT
) STRICT;

-- The log is the server's. Nothing here may rewrite it; an entry goes only when
-- the server took it back (deleted, replaced by a newer revision, out of
-- scope), and for that moment the writer opens the gate inside its
-- transaction. This guards against mistakes of the program, not against
-- somebody with a tool for SQLite.
CREATE TABLE event_gate (open INTEGER NOT NULL) STRICT;
INSERT INTO event_gate VALUES (0);
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
WHEN (SELECT open FROM event_gate) = 0
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;

-- Who acts: few pairs of role and office, millions of events.
CREATE TABLE actor (
    num    INTEGER PRIMARY KEY,
    role   TEXT NOT NULL,
    office TEXT NOT NULL,
    UNIQUE (role, office)
) STRICT;

-- Flags of the board that events alone tell (returned, reopened), by id_hash of
-- the incident, because events come before it.
CREATE TABLE incident_past (
    incident INTEGER PRIMARY KEY,
    flags    INTEGER NOT NULL
) STRICT;

-- Vocabularies that the store numbers from 1. A number once given stays: a row
-- with rev 0 is known only by being named somewhere, or from the catalogue.
CREATE TABLE body (
    num          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    rev          INTEGER NOT NULL,
    name         TEXT NOT NULL,
    short        TEXT,
    municipality INTEGER NOT NULL,
    blocks       TEXT NOT NULL,
    extra        TEXT
) STRICT;

CREATE TABLE topic (
    num     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    rev     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    name_en TEXT NOT NULL,
    block   INTEGER NOT NULL,
    parent  TEXT,
    extra   TEXT
) STRICT;

-- Two villages of one name in two municipalities are two settlements.
CREATE TABLE settlement (
    num          INTEGER PRIMARY KEY,
    municipality INTEGER NOT NULL,
    name         TEXT NOT NULL,
    UNIQUE (municipality, name)
) STRICT;

CREATE TABLE municipality (
    num         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    rev         INTEGER NOT NULL,
    name        TEXT NOT NULL,
    population  INTEGER,
    valid_from  TEXT,
    valid_to    TEXT,
    predecessor TEXT,
    extra       TEXT
) STRICT;

CREATE TABLE attachment (
    num        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    rev        INTEGER NOT NULL,
    incident   INTEGER NOT NULL,
    message    TEXT,
    url        TEXT NOT NULL,
    media_type TEXT,
    bytes      INTEGER,
    extra      TEXT
) STRICT;
CREATE INDEX attachment_incident ON attachment (incident);

CREATE TABLE problem (
    num          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    rev          INTEGER NOT NULL,
    name         TEXT NOT NULL,
    topic        TEXT,
    municipality INTEGER NOT NULL,
    state        TEXT NOT NULL,
    started      INTEGER NOT NULL,
    closed       INTEGER NOT NULL,
    wall         INTEGER NOT NULL,
    extra        TEXT
) STRICT;

CREATE TABLE entry (
    num      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    rev      INTEGER NOT NULL,
    register TEXT NOT NULL,
    title    TEXT NOT NULL,
    fields   TEXT NOT NULL,
    extra    TEXT
) STRICT;

-- Kinds that this version does not know, as they came: a later one may.
CREATE TABLE unknown_object (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    rev  INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- While everything is read anew: which rows were seen, a bit a row, so that the
-- last transaction can remove the others and a killed reading goes on.
CREATE TABLE seen (
    kind  INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    bits  BLOB NOT NULL,
    PRIMARY KEY (kind, chunk)
) STRICT, WITHOUT ROWID;

-- Incidents (by row) whose entry in search.db is behind this file. `turn` counts
-- up with every transaction, so that a row changed while it was being indexed
-- stays in the queue.
CREATE TABLE search_queue (
    row  INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL
) STRICT;

-- Lines left out, by reason, for «Состояние».
CREATE TABLE fault (
    reason  TEXT PRIMARY KEY,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta VALUES ('store_id', lower(hex(randomblob(16))));
