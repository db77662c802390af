-- True where no pull has ever stored anything.
SELECT NOT EXISTS (SELECT 1 FROM meta WHERE key = 'cursor')
   AND NOT EXISTS (SELECT 1 FROM incident)
   AND NOT EXISTS (SELECT 1 FROM message)
   AND NOT EXISTS (SELECT 1 FROM event)
