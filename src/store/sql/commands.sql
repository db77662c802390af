-- The order of making is the order of sending.
SELECT seq, id, incident, command, created_at, state, attempts, answer, check_sum, basis,
    office, replaces
FROM command ORDER BY seq
