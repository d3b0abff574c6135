-- The other lives of an incident's key, the latest first.
SELECT id, first_seen, last_seen, resolved_at, count, state = 'quiet'
FROM incident
WHERE key = (SELECT key FROM incident WHERE id = :incident)
  AND id <> :incident AND state <> 'joined'
ORDER BY life DESC
LIMIT 5;
