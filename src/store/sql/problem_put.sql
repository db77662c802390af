-- Times as everywhere: 0 where absent.
INSERT INTO problem
    (id, rev, name, topic, municipality, state, started, closed, wall, extra, remedy)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT (id) DO UPDATE SET
    rev = ?2, name = ?3, topic = ?4, municipality = ?5, state = ?6, started = ?7,
    closed = ?8, wall = ?9, extra = ?10, remedy = ?11
