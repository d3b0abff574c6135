-- Causes that were never seen before the last seven days, or before :since.
SELECT cause,
       title,
       min(first_seen) AS first_seen,
       count(*) AS incidents,
       sum(count) AS count
FROM incidents
GROUP BY cause
HAVING min(first_seen) >= since(coalesce(:since, '7d'),
                                coalesce(:now, datetime('now')))
ORDER BY first_seen DESC, cause;
