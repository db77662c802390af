-- A message may move to another incident (merge), so `incident` changes too.
INSERT INTO message (
    row, id_hash, rev, incident, received, source, id, text, url, author_kind, extra
) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
) ON CONFLICT (row) DO UPDATE SET
    rev = ?3, incident = ?4, received = ?5, source = ?6, text = ?8, url = ?9,
    author_kind = ?10, extra = ?11
