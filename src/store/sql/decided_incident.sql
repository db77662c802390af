-- The labels that an incident has now, and its own text.
SELECT core.row, core.block, core.topic, core.body, incident.summary
FROM incident JOIN incident_core AS core USING (row)
WHERE incident.id_hash = ?1
