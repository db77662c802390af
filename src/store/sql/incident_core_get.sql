-- Same columns as the scan, so that one mapper reads both.
SELECT
    row, received, due, first_answer, closed, x, y, settlement, topic, body,
    flags, municipality, block, regime, source, status, rating, assignee,
    registered, checks, stages, answered
FROM incident_core WHERE row = ?1
