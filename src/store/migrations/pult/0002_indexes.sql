-- The indexes over the three large tables. They stand apart because a first
-- sync drops them and builds them at its end from this text (bulk.rs): sorting
-- once costs a quarter of keeping them in order row by row.
CREATE INDEX incident_id ON incident (id_hash);
CREATE INDEX message_id ON message (id_hash);
CREATE INDEX message_incident ON message (incident);
CREATE INDEX event_id ON event (id_hash);
CREATE INDEX event_incident ON event (incident);
