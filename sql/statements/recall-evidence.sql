-- The kept lines of an incident, oldest first.
SELECT seen_at, origin, line
FROM sample
WHERE incident_id = :incident
ORDER BY seen_at, id;
