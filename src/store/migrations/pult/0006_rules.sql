-- Deadlines are counted from the registration too, and so are the stages: it
-- stands on the board. After an interim answer the final one has its own deadline.
ALTER TABLE incident_core ADD COLUMN registered INTEGER NOT NULL DEFAULT 0;
UPDATE incident_core SET registered = incident.registered
    FROM incident WHERE incident.row = incident_core.row AND incident.registered > 0;
ALTER TABLE incident DROP COLUMN registered;
ALTER TABLE incident_past ADD COLUMN interim INTEGER NOT NULL DEFAULT 0;
-- 10 is `interim_answered`, 256 the board's flag of it. The plus keeps the log from
-- being read in the order of an index.
INSERT INTO incident_past (incident, flags, interim)
    SELECT incident, 256, max(at) FROM event WHERE kind = 10 GROUP BY +incident
    ON CONFLICT (incident) DO UPDATE SET flags = flags | 256, interim = excluded.interim;
UPDATE incident_core SET flags = incident_core.flags | 256
    FROM incident JOIN incident_past ON incident_past.incident = incident.id_hash
    WHERE incident.row = incident_core.row AND interim > 0;
