SELECT incident.row, interim
FROM incident_past JOIN incident ON incident.id_hash = incident_past.incident
WHERE interim > 0
