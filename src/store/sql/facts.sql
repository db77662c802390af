-- What a deadline follows from, of an incident to which the server gave none (?2 is
-- the flag of those that have one already).
SELECT received, registered, regime, flags, policy_version
FROM incident_core JOIN incident USING (row)
WHERE row = ?1 AND (due = 0 OR flags & ?2)
