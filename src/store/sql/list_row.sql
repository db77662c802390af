-- One row of the incident list, by row id: two look-ups by key.
SELECT
    core.row, core.received, core.due, core.first_answer, core.closed, core.x, core.y,
    core.settlement, core.topic, core.body, core.flags, core.municipality, core.block,
    core.regime, core.source, core.status, core.rating,
    incident.id, incident.summary, incident.address, incident.rev, incident.assignee,
    incident.registered, incident.due_source, incident.policy_version,
    incident.merged_into, incident.id_hash
FROM incident_core AS core JOIN incident USING (row)
WHERE core.row = ?1
