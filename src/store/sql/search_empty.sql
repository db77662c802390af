-- Another pult.db, or other code, made what is here.
INSERT INTO entry (entry) VALUES ('delete-all');
DELETE FROM meta;
