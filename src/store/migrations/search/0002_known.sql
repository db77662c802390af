-- Every stem that an entry has, so that a beginning is asked for as the words that
-- it begins: FTS5 puts together all rows of a beginning before it gives the first.
-- One whose last entry is gone may stay: it finds nothing.
CREATE TABLE known (
    stem TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Built anew, with them.
DELETE FROM meta WHERE key = 'maker';
