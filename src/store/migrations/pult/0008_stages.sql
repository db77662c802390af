-- What the last check found stands here by its ticks: what they are worth is the
-- check-list's. And the moments between which the stages of the work lie, and when the
-- answer was given that stands. All of it is told anew from the log at the next start, see past.rs.
ALTER TABLE incident_core RENAME COLUMN quality TO checks;
ALTER TABLE incident_past RENAME COLUMN quality TO checks;
UPDATE incident_core SET checks = 0 WHERE checks > 0;
UPDATE incident_past SET checks = 0, checked = 0 WHERE checks > 0;
DELETE FROM meta WHERE key = 'check_list';
ALTER TABLE incident_core ADD COLUMN stages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_core ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN assigned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN submitted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_past ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
