-- A number once given to a code stays; names follow the catalogue until the
-- server sends its own.
INSERT INTO topic (id, rev, name, name_en, block, parent)
VALUES (?1, 0, ?2, ?3, ?4, ?5)
ON CONFLICT (id) DO UPDATE SET name = ?2, name_en = ?3, block = ?4, parent = ?5
WHERE rev = 0
