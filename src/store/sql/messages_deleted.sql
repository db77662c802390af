-- Deletions of a batch, unless a newer revision is stored.
DELETE FROM message WHERE row IN (
    SELECT message.row FROM temp.gone CROSS JOIN message
    WHERE message.id_hash = gone.key AND message.id = gone.id AND message.rev < gone.rev
) RETURNING incident
