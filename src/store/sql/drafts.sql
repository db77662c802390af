-- An office sees its own drafts, and what was written here before a server had
-- said whose desk this is; its own come later and win.
SELECT office, incident, form, action, written_at, check_sum
FROM draft WHERE office IN (?1, '') ORDER BY office, written_at
