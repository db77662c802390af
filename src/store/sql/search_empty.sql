-- Another pult.db, or other code, made what is here.
INSERT INTO entry (entry) VALUES ('delete-all');
DELETE FROM known;
DELETE FROM meta;
-- What was indexed may no longer be seen, so nothing of it stays in the file.
VACUUM;
PRAGMA wal_checkpoint(TRUNCATE);
