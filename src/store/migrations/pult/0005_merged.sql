-- What was merged into an incident, for the history on its card. Few rows are, so
-- that it is kept in order during a first sync, too.
CREATE INDEX incident_merged ON incident (merged_into) WHERE merged_into IS NOT NULL;
