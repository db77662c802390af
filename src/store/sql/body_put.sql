-- The row stands already, with its number (vocabulary.rs).
UPDATE body SET rev = ?2, name = ?3, short = ?4, municipality = ?5, blocks = ?6, extra = ?7
WHERE id = ?1
