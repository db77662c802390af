-- What a list does not show.
SELECT
    id_hash, rev, address, incident.assignee, due_source, policy_version, merged_into,
    registered,
    (SELECT name FROM problem WHERE id = incident.problem AND rev > 0)
FROM incident JOIN incident_core USING (row) WHERE row = ?1
