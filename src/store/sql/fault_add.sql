-- Counted by reason only: a line that was left out may hold a citizen's text.
INSERT INTO fault (reason, count, last_at) VALUES (?1, ?2, ?3)
ON CONFLICT (reason) DO UPDATE SET count = count + ?2, last_at = ?3
