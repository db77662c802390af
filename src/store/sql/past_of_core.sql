UPDATE incident_core SET flags = ?2, checks = ?3, stages = ?4, answered = ?5
WHERE row = ?1
