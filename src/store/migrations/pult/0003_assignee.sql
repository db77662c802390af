-- The office that works on an incident, on the board: an officer's own queue is
-- asked for at every change.
CREATE TABLE office (
    num  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO office (name)
    SELECT DISTINCT assignee FROM incident WHERE assignee <> '' ORDER BY assignee LIMIT 65535;
ALTER TABLE incident_core ADD COLUMN assignee INTEGER NOT NULL DEFAULT 0;
UPDATE incident_core SET assignee = office.num
    FROM incident JOIN office ON office.name = incident.assignee
    WHERE incident.row = incident_core.row;
