-- Office of the newest answer that was put up for approval.
SELECT coalesce(actor.office, '')
FROM incident
JOIN event ON event.incident = incident.id_hash
LEFT JOIN actor ON actor.num = event.actor
WHERE incident.row = ?1 AND event.kind = ?2
ORDER BY event.at DESC, event.rev DESC LIMIT 1
