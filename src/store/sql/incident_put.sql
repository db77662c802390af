-- id and id_hash of a known row stay, so that its index is not touched; one in
-- which nothing has changed is not written, because most changes touch the core
-- alone.
INSERT INTO incident (
    row, id_hash, id, summary, address, lat, lon, assignee, author_kind,
    due_source, policy_version, merged_into, problem, extra
) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
) ON CONFLICT (row) DO UPDATE SET
    summary = ?4, address = ?5, lat = ?6, lon = ?7, assignee = ?8,
    author_kind = ?9, due_source = ?10, policy_version = ?11,
    merged_into = ?12, problem = ?13, extra = ?14
WHERE (
    summary, address, lat, lon, assignee, author_kind, due_source,
    policy_version, merged_into, problem, extra
) IS NOT (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
