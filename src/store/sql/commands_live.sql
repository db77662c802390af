-- What is neither settled nor replaced, through the partial index.
SELECT seq, id, incident, command, created_at, state, attempts, answer, check_sum, basis,
    office, replaces
FROM command WHERE state <> 'settled' AND state <> 'replaced' ORDER BY seq
