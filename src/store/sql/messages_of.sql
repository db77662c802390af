-- Messages of an incident by its id_hash, oldest first. The index over the
-- column is missing only while a first sync runs.
SELECT received, source, text, url FROM message WHERE incident = ?1 ORDER BY received, row
