-- Under which office a command was made: at a shared desk it is sent when that
-- office is signed in, so that the server's log names the right one. Empty
-- where no server had said yet whose desk it was.
ALTER TABLE command ADD COLUMN office TEXT NOT NULL DEFAULT '';
