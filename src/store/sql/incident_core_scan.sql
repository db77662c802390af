-- The board's load: in row order, which is the order of the table itself.
SELECT
    row, received, due, first_answer, closed, x, y, settlement, topic, body,
    flags, municipality, block, regime, source, status, rating, assignee,
    registered, checks, stages, answered
FROM incident_core ORDER BY row
