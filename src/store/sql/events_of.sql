-- With the log of what was merged into the incident, however often. Oldest first;
-- events of one second in the order in which the server made them.
WITH RECURSIVE its (key, id, own) AS (
    SELECT id_hash, id, 1 FROM incident WHERE row = ?1
    UNION
    SELECT incident.id_hash, incident.id, 0
    FROM its JOIN incident ON incident.merged_into = its.id
    WHERE incident.merged_into IS NOT NULL AND incident.row <> ?1
)
SELECT at, kind, role, office, body, reason, text, event.extra, CASE own WHEN 1 THEN '' ELSE its.id END
FROM its CROSS JOIN event ON event.incident = its.key LEFT JOIN actor ON actor.num = event.actor
ORDER BY at, event.rev
