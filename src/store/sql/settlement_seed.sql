-- A number once given stays; there are no more than a 16-bit column holds.
INSERT OR IGNORE INTO settlement (municipality, name)
SELECT ?1, ?2 WHERE (SELECT coalesce(max(num), 0) FROM settlement) < 65535
