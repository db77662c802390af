-- What decides about a newer revision, and whether the text index is touched.
SELECT rev, id, summary IS ?2 AND address IS ?3
FROM incident JOIN incident_core USING (row) WHERE row = ?1
