-- What decides about a newer revision, whether the text index is touched, and
-- whether the wide row is written again.
SELECT
    rev, id,
    summary IS ?2 AND address IS ?3,
    lat IS ?4 AND lon IS ?5 AND incident.assignee IS ?6 AND author_kind IS ?7
        AND registered IS ?8 AND due_source IS ?9 AND policy_version IS ?10
        AND merged_into IS ?11 AND problem IS ?12 AND extra IS ?13
FROM incident JOIN incident_core USING (row) WHERE row = ?1
