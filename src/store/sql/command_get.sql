-- The columns of commands.sql.
SELECT seq, id, incident, command, created_at, state, attempts, answer, check_sum
FROM command WHERE id = ?1
