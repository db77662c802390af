-- Entries are only appended; a newer revision of one replaces it (event_gate).
INSERT INTO event (
    row, id_hash, rev, incident, at, kind, actor, body, from_status, to_status,
    id, reason, text, extra
) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
)
