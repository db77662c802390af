-- Offices that have signed in at this desk, never a person's name. `pin` is a
-- salted slow hash (app/pin.rs), absent where none was set; it opens a locked
-- desk and nothing else.
CREATE TABLE desk_office (
    num    INTEGER PRIMARY KEY,
    office TEXT NOT NULL UNIQUE,
    role   TEXT NOT NULL,
    pin    TEXT
) STRICT;
INSERT INTO desk_office (office, role) SELECT office, role FROM officer;

-- There while the desk is locked: a kill does not open it.
CREATE TABLE desk_lock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    since    INTEGER NOT NULL
) STRICT;
