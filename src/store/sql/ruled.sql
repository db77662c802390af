-- What a deadline by rule follows from beside the board's row: the version that the
-- incident keeps, and the code of its topic.
SELECT policy_version, coalesce(topic.id, '')
FROM incident
    JOIN incident_core USING (row)
    LEFT JOIN topic ON topic.num = incident_core.topic
WHERE row = ?1
