-- The core's columns in their order, then what a decision hangs on by the
-- server's own words.
SELECT
    core.row, received, due, first_answer, closed, x, y, core.settlement, core.topic,
    core.body, flags, core.municipality, core.block, regime, source, status, rating,
    core.assignee, registered, checks, stages, answered,
    incident.id, core.rev, incident.assignee, merged_into, lat, lon,
    topic.id, body.id, settlement.name
FROM incident_core AS core JOIN incident USING (row)
    LEFT JOIN topic ON topic.num = core.topic
    LEFT JOIN body ON body.num = core.body
    LEFT JOIN settlement ON settlement.num = core.settlement
WHERE core.row = ?1
