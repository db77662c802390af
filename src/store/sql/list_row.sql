-- The columns of the core in their order, then what a list shows of the texts.
SELECT
    core.row, received, due, first_answer, closed, x, y, settlement, topic, body,
    flags, municipality, block, regime, source, status, rating, core.assignee,
    registered, checks, stages, answered, id, summary
FROM incident_core AS core JOIN incident USING (row)
WHERE core.row = ?1
