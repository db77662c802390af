-- AUTOINCREMENT keeps numbers of commands that are gone from being used again;
-- the number is given here because the check sum covers it. What a command is
-- never changes but for its revision and basis, when it is made again on a
-- newer state.
INSERT INTO command
    (seq, id, incident, command, created_at, state, attempts, answer, check_sum, basis,
     office, replaces)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (seq) DO UPDATE SET
    command = excluded.command, state = excluded.state, attempts = excluded.attempts,
    answer = excluded.answer, check_sum = excluded.check_sum, basis = excluded.basis,
    office = excluded.office, replaces = excluded.replaces
