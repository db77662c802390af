-- Back to FTS5's own values for the small changes that follow.
INSERT INTO entry (entry, rank) VALUES ('hashsize', 1048576);
INSERT INTO entry (entry, rank) VALUES ('automerge', 4);
