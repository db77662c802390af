-- During a first sync messages and events are appended unseen; an object that
-- changed while it ran came twice. The newest revision stays.
INSERT OR IGNORE INTO search_queue (row, turn)
SELECT incident.row, 0 FROM message JOIN incident ON incident.id_hash = message.incident
WHERE message.id_hash IN (
    SELECT id_hash FROM message GROUP BY id_hash HAVING count(*) > 1
);
UPDATE event_gate SET open = 1;
DELETE FROM message WHERE row IN (
    SELECT older.row FROM message AS older JOIN message AS newer
        ON newer.id_hash = older.id_hash AND newer.id = older.id
        AND (newer.rev > older.rev OR (newer.rev = older.rev AND newer.row > older.row))
    WHERE older.id_hash IN (
        SELECT id_hash FROM message GROUP BY id_hash HAVING count(*) > 1
    )
);
DELETE FROM event WHERE row IN (
    SELECT older.row FROM event AS older JOIN event AS newer
        ON newer.id_hash = older.id_hash AND newer.id = older.id
        AND (newer.rev > older.rev OR (newer.rev = older.rev AND newer.row > older.row))
    WHERE older.id_hash IN (
        SELECT id_hash FROM event GROUP BY id_hash HAVING count(*) > 1
    )
);
UPDATE event_gate SET open = 0;
