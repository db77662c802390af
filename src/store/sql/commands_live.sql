-- What is not settled, through its partial index.
SELECT seq, id, incident, command, created_at, state, attempts, answer, check_sum, basis,
    office
FROM command WHERE state <> 'settled' ORDER BY seq
