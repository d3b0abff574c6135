-- Those that still suffer first, as the ledger has no room for all; the columns
-- are those of restore-affected.sql.
SELECT namespace, pod, container, node, image, first_seen, last_seen, recovered,
       count, id
FROM affected
WHERE incident_id = :incident
ORDER BY recovered, last_seen DESC, id
LIMIT :limit;
