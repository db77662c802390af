-- AUTOINCREMENT keeps numbers of commands that are gone from being used again;
-- the number is given here because the check sum covers it.
INSERT INTO command
    (seq, id, incident, command, created_at, state, attempts, answer, check_sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
