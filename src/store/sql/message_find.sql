-- By the key, through its index; the id itself settles it.
SELECT row, rev, incident FROM message WHERE id_hash = ?1 AND id = ?2
