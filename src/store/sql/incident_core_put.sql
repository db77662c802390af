-- One statement for new and known rows: without a conflict it costs no more
-- than a plain insert.
INSERT INTO incident_core (
    row, received, due, first_answer, closed, x, y, settlement, topic, body,
    flags, municipality, block, regime, source, status, rating, assignee, rev,
    registered, checks, stages, answered
) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23
) ON CONFLICT (row) DO UPDATE SET
    received = ?2, due = ?3, first_answer = ?4, closed = ?5, x = ?6, y = ?7,
    settlement = ?8, topic = ?9, body = ?10, flags = ?11, municipality = ?12,
    block = ?13, regime = ?14, source = ?15, status = ?16, rating = ?17,
    assignee = ?18, rev = ?19, registered = ?20, checks = ?21, stages = ?22,
    answered = ?23
