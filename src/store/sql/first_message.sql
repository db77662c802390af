-- What the citizen wrote, by the key of the incident's id.
SELECT text FROM message
WHERE incident = ?1 AND text IS NOT NULL AND text <> ''
ORDER BY received, rev LIMIT 1
