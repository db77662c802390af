-- What is written now stands in the place of what stood there.
INSERT INTO draft (office, incident, form, action, written_at, check_sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (office, incident, form) DO UPDATE SET
    action = excluded.action, written_at = excluded.written_at, check_sum = excluded.check_sum
