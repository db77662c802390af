-- Which incidents people have distributed, and when last: the log alone tells
-- that it was a person (actor 0 is a source system). ?2 and ?3 are kinds of
-- events; ?1 leaves out what was read before, by row, because rows are only
-- appended.
SELECT row, incident, at FROM event
WHERE row > ?1 AND kind IN (?2, ?3, ?4) AND actor <> 0
