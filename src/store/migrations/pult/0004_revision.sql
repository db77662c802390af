-- Nearly every change of an incident touches the core alone: with the revision
-- beside it the wide row with its texts need not be written again.
ALTER TABLE incident_core ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
UPDATE incident_core SET rev = incident.rev
    FROM incident WHERE incident.row = incident_core.row;
ALTER TABLE incident DROP COLUMN rev;
