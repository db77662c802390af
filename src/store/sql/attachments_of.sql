-- By the key of the incident's id.
SELECT url, media_type, bytes FROM attachment WHERE incident = ?1 ORDER BY rev
