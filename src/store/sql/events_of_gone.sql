-- As messages_of_gone.sql; the gate is open.
DELETE FROM event WHERE incident IN (SELECT key FROM temp.gone)
