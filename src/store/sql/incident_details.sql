-- What a list does not show.
SELECT
    id_hash, rev, address, assignee, registered, due_source, policy_version, merged_into
FROM incident WHERE row = ?1
