-- Shifts that were taken at this desk, the newest last. One runs until it is
-- handed over: then `ended_at`, `ended_by` (the office that did it) and `sheet`
-- are set. `after_seq` is the last command before it began, so that what the
-- shift did is told by the order of writing and not by a clock that somebody
-- set. `note` is a draft until then. `check_sum` is a CRC-32 over all other
-- columns (shifts.rs).
CREATE TABLE shift (
    num       INTEGER PRIMARY KEY,
    office    TEXT NOT NULL,
    began_at  INTEGER NOT NULL,
    after_seq INTEGER NOT NULL,
    note      TEXT NOT NULL,
    ended_at  INTEGER,
    ended_by  TEXT,
    sheet     TEXT,
    check_sum INTEGER NOT NULL
) STRICT;
