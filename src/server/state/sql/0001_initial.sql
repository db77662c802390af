-- The reference server's memory over restarts.
--
-- What the history is made of, and by what name its revisions go. One row.
CREATE TABLE about (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The options that the history was made with; other options are another server.
    options TEXT NOT NULL,
    -- When the history ended, in seconds since 1970.
    history_end INTEGER NOT NULL,
    -- Digest of the history: another version of the program may make another one.
    history TEXT NOT NULL,
    -- Changes when the file was copied back from a backup.
    epoch TEXT NOT NULL
) STRICT;

-- What happened after the history, one row a commit. Only appended to.
CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    -- When, in seconds since 1970.
    at INTEGER NOT NULL,
    -- The newest form of every object that changed, as JSON.
    change TEXT NOT NULL,
    -- CRC-32 of `change`: SQLite notices few damaged pages by itself.
    crc INTEGER NOT NULL
) STRICT;
