-- What the last check of an answer found, as a score, and when that was. Scores are
-- counted from the log at the start, see quality.rs.
ALTER TABLE incident_core ADD COLUMN quality INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN quality INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;
-- 3 is `assigned`, 1024 the board's flag of what the source system itself delivered;
-- nobody acted there. The plus keeps the log from being read in the order of an index.
INSERT INTO incident_past (incident, flags)
    SELECT incident, 1024 FROM event WHERE kind = 3 AND actor = 0 GROUP BY +incident
    ON CONFLICT (incident) DO UPDATE SET flags = flags | 1024;
UPDATE incident_core SET flags = incident_core.flags | 1024
    FROM incident JOIN incident_past ON incident_past.incident = incident.id_hash
    WHERE incident.row = incident_core.row AND incident_past.flags & 1024;
-- Most incidents are of no problem: the index has the others only.
CREATE INDEX incident_problem ON incident (problem) WHERE problem IS NOT NULL;
-- Cause and remedy of a problem, as JSON.
ALTER TABLE problem ADD COLUMN remedy TEXT;
