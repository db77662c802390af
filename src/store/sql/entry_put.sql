-- Registers differ in their fields, so those stay one JSON object.
INSERT INTO entry (id, rev, register, title, fields, extra)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE SET
    rev = ?2, register = ?3, title = ?4, fields = ?5, extra = ?6
