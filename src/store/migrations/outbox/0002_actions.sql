-- What the officer saw when deciding (domain::Standing as JSON), to tell a real
-- conflict from one that others' comments make. The check sum covers it where
-- it is there, so that sums of older rows still hold.
ALTER TABLE command ADD COLUMN basis TEXT;

-- Whose desk this is as the server last said, so that actions made without a
-- connection show the right office.
CREATE TABLE officer (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    role     TEXT NOT NULL,
    office   TEXT NOT NULL
) STRICT;

-- What is settled is kept for weeks and looked at only when a server was
-- restored from a backup.
CREATE INDEX command_live ON command (seq) WHERE state <> 'settled';
