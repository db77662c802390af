-- What was copied closes the log to what follows.
DELETE FROM event_gate;
-- A key that is not of its id stands for another, which could not be written any more.
DELETE FROM incident WHERE id_hash IS NOT id_hash(id);
DELETE FROM message WHERE id_hash IS NOT id_hash(id);
DELETE FROM event WHERE id_hash IS NOT id_hash(id);
-- A value that its column in the board cannot hold was changed on the disk.
DELETE FROM incident_core
WHERE row NOT BETWEEN 1 AND 4294967295
   OR received NOT BETWEEN 0 AND 4294967295
   OR registered NOT BETWEEN 0 AND 4294967295
   OR due NOT BETWEEN 0 AND 4294967295
   OR first_answer NOT BETWEEN 0 AND 4294967295
   OR closed NOT BETWEEN 0 AND 4294967295
   OR x NOT BETWEEN 0 AND 4294967295
   OR y NOT BETWEEN 0 AND 4294967295
   OR municipality NOT BETWEEN 0 AND 4294967295
   OR settlement NOT BETWEEN 0 AND 65535
   OR topic NOT BETWEEN 0 AND 65535
   OR body NOT BETWEEN 0 AND 65535
   OR assignee NOT BETWEEN 0 AND 65535
   OR flags NOT BETWEEN 0 AND 65535
   OR block NOT BETWEEN 0 AND 255
   OR regime NOT BETWEEN 0 AND 255
   OR source NOT BETWEEN 0 AND 255
   OR status NOT BETWEEN 0 AND 255
   OR rating NOT BETWEEN 0 AND 255
   OR checks NOT BETWEEN 0 AND 255
   OR stages NOT BETWEEN 0 AND 16777215
   OR answered NOT BETWEEN 0 AND 4294967295;
-- Halves of incidents help nobody: the board's columns and the texts stand or go
-- together.
DELETE FROM incident_core WHERE row NOT IN (SELECT row FROM incident);
DELETE FROM incident WHERE row NOT IN (SELECT row FROM incident_core);
-- Likewise of the past and of the numbers of words.
DELETE FROM incident_past
WHERE flags NOT BETWEEN 0 AND 65535
   OR interim NOT BETWEEN 0 AND 4294967295
   OR checks NOT BETWEEN 0 AND 255
   OR checked NOT BETWEEN 0 AND 4294967295
   OR assigned NOT BETWEEN 0 AND 4294967295
   OR submitted NOT BETWEEN 0 AND 4294967295
   OR approved NOT BETWEEN 0 AND 4294967295
   OR reopened NOT BETWEEN 0 AND 4294967295;
DELETE FROM message
WHERE received NOT BETWEEN 0 AND 4294967295
   OR source NOT BETWEEN 0 AND 255;
DELETE FROM event
WHERE at NOT BETWEEN 0 AND 4294967295
   OR kind NOT BETWEEN 0 AND 255
   OR body NOT BETWEEN 0 AND 65535
   OR from_status NOT BETWEEN 0 AND 255
   OR to_status NOT BETWEEN 0 AND 255;
DELETE FROM problem
WHERE municipality NOT BETWEEN 0 AND 4294967295
   OR started NOT BETWEEN 0 AND 4294967295
   OR closed NOT BETWEEN 0 AND 4294967295;
DELETE FROM settlement
WHERE num NOT BETWEEN 1 AND 65535
   OR municipality NOT BETWEEN 0 AND 4294967295;
DELETE FROM actor WHERE num NOT BETWEEN 1 AND 4294967295;
DELETE FROM office WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM body WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM topic
WHERE num NOT BETWEEN 1 AND 65535
   OR block NOT BETWEEN 0 AND 255;
-- Numbers are given one after another: one far behind all others was changed on the disk,
-- and lists by number would reach up to it.
DELETE FROM topic WHERE num > 1000 + 10 * (SELECT count(*) FROM topic);
DELETE FROM body WHERE num > 1000 + 10 * (SELECT count(*) FROM body);
DELETE FROM settlement WHERE num > 1000 + 10 * (SELECT count(*) FROM settlement);
INSERT INTO event_gate VALUES (0);
