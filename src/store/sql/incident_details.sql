-- What a list does not show.
SELECT
    id_hash, rev, address, incident.assignee, registered, due_source, policy_version,
    merged_into
FROM incident JOIN incident_core USING (row) WHERE row = ?1
