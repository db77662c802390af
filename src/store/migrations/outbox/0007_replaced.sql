-- A command that was in conflict or rejected and was made anew by its officer
-- stays as it was, in state `replaced`; the new one names it by its id and takes
-- its place in the order of sending.
ALTER TABLE command ADD COLUMN replaces TEXT;
