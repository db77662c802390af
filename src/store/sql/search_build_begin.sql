-- A build gathers much before it writes and merges nothing in between: merging
-- is most of what keeping an index in order costs.
INSERT INTO entry (entry, rank) VALUES ('hashsize', 67108864);
INSERT INTO entry (entry, rank) VALUES ('automerge', 0);
