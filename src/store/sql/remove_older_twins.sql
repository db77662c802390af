-- During a first sync messages and events are appended unseen; an object that
-- changed while it ran came twice. The newest revision stays.
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
