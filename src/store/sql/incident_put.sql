-- id and id_hash of a known row stay, so that its index is not touched.
INSERT INTO incident (
    row, id_hash, rev, id, summary, address, lat, lon, assignee, author_kind,
    registered, due_source, policy_version, merged_into, problem, extra
) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16
) ON CONFLICT (row) DO UPDATE SET
    rev = ?3, summary = ?5, address = ?6, lat = ?7, lon = ?8, assignee = ?9,
    author_kind = ?10, registered = ?11, due_source = ?12, policy_version = ?13,
    merged_into = ?14, problem = ?15, extra = ?16
