-- Some that are open though nothing was seen for the quiet time of their class,
-- the oldest first; the columns are those of restore-incidents.sql.
SELECT i.id, key, life, cause, i.severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM incident AS i LEFT JOIN cause AS c ON c.slug = i.cause
WHERE state = 'open'
  AND last_seen < :now - CASE c.class WHEN 'transient' THEN 600
                                      WHEN 'permanent' THEN 3600
                                      ELSE 1800 END * 1000000
ORDER BY last_seen
LIMIT 512;
