-- `incident` is the key of its id, as in message.
INSERT INTO attachment (id, rev, incident, message, url, media_type, bytes, extra)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO UPDATE SET
    rev = ?2, incident = ?3, message = ?4, url = ?5, media_type = ?6, bytes = ?7, extra = ?8
