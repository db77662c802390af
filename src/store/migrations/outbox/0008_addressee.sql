-- Whose server the commands are for, bound at the first connection, for life. It
-- is kept here because pult.db can be lost and read again from anywhere. `epoch`
-- is the server's as of the last time when everything was offered to it again.
-- `check_sum` is a CRC-32 over all other columns (addressee.rs).
CREATE TABLE addressee (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    instance  TEXT NOT NULL,
    epoch     TEXT NOT NULL,
    demo      INTEGER NOT NULL,
    check_sum INTEGER NOT NULL
) STRICT;
