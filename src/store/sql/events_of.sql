-- Oldest first; events of one second in the order in which the server made them.
SELECT at, kind, role, office, body, reason, text, extra
FROM event LEFT JOIN actor ON actor.num = event.actor
WHERE incident = ?1 ORDER BY at, rev
