-- The one place where texts leave the store as they were written.
SELECT message.id, message.text FROM incident JOIN message ON message.incident = incident.id_hash
WHERE incident.row = ?1 AND message.text IS NOT NULL
ORDER BY message.received, message.rev
