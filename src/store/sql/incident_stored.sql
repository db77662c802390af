-- What decides about a newer revision, whether the text index is touched, and by which
-- policy the deadline was counted here (?4 is the flag of those).
SELECT
    rev, id, summary IS ?2 AND address IS ?3,
    CASE WHEN flags & ?4 THEN policy_version END
FROM incident JOIN incident_core USING (row) WHERE row = ?1
