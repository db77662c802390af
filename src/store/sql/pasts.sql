SELECT incident, flags, interim, checks, checked, assigned, submitted, approved
FROM incident_past
