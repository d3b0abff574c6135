-- The latest life of a key; the columns are those of restore-incidents.sql, and
-- so is what is over for too long.
SELECT id, key, life, cause, severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM (SELECT * FROM incident WHERE key = :text ORDER BY life DESC LIMIT 1)
WHERE state IN ('open', 'quiet')
   OR (state = 'resolved'
       AND resolved_at >= (SELECT max(last_seen) FROM incident)
                          - 7 * 86400 * 1000000);
