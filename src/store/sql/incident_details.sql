-- What a list does not show.
SELECT
    id_hash, rev, address, incident.assignee, due_source, policy_version, merged_into,
    registered
FROM incident JOIN incident_core USING (row) WHERE row = ?1
