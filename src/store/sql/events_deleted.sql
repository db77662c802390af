-- Deletions of a batch, unless a newer revision is stored; the gate is open.
DELETE FROM event WHERE row IN (
    SELECT event.row FROM temp.gone CROSS JOIN event
    WHERE event.id_hash = gone.key AND event.id = gone.id AND event.rev < gone.rev
) RETURNING incident, kind
