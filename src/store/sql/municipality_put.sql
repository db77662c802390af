-- What the server says of a municipality, by OKTMO; numbers on the board are the
-- catalogue's.
INSERT INTO municipality
    (id, rev, name, population, valid_from, valid_to, predecessor, extra)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO UPDATE SET
    rev = ?2, name = ?3, population = ?4, valid_from = ?5, valid_to = ?6,
    predecessor = ?7, extra = ?8
