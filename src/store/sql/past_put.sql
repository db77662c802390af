REPLACE INTO incident_past (
    incident, flags, interim, checks, checked, assigned, submitted, approved, reopened
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
