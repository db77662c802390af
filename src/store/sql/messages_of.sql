-- By the key of the incident's id. Texts are masked by whoever reads them.
SELECT received, source, text, url, id FROM message WHERE incident = ?1 ORDER BY received, rev
