SELECT DISTINCT incident FROM event
WHERE id_hash IN (SELECT id_hash FROM event GROUP BY id_hash HAVING count(*) > 1)
