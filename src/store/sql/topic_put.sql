-- The row stands already, with its number (vocabulary.rs). The contract gives
-- one name; an English one of the catalogue stays.
UPDATE topic SET
    rev = ?2, name = ?3, name_en = iif(name_en = name, ?3, name_en), block = ?4,
    parent = ?5, extra = ?6
WHERE id = ?1
