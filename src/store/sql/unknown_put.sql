-- Kept as it came; a later version of the program may know the kind.
INSERT INTO unknown_object (kind, id, rev, json) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (kind, id) DO UPDATE SET rev = ?3, json = ?4 WHERE rev < ?3
