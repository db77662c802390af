SELECT incident, flags, interim, checks, checked, assigned, submitted, approved,
    reopened
FROM incident_past
