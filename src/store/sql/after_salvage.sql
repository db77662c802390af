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
   OR stages NOT BETWEEN 0 AND 16777215;
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
   OR approved NOT BETWEEN 0 AND 4294967295;
DELETE FROM settlement WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM office WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM body WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM topic WHERE num NOT BETWEEN 1 AND 65535;
DELETE FROM event_gate;
INSERT INTO event_gate VALUES (0);
