-- Where the log tells of too few: what is not new any more was looked at.
-- Newest first.
SELECT incident.id_hash, core.received
FROM incident_core AS core JOIN incident USING (row)
WHERE core.status <> ?1
ORDER BY core.received DESC LIMIT ?2
