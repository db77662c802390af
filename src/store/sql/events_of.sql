-- The log of an incident by its id_hash, oldest first; of events of one second
-- the order is the server's.
SELECT event.at, event.kind, actor.role, actor.office, event.body, event.reason, event.text
FROM event LEFT JOIN actor ON actor.num = event.actor
WHERE event.incident = ?1 ORDER BY event.at, event.rev
