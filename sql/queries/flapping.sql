-- Trouble that came back after it was resolved, the most often first (:since, :registry).
SELECT cause,
       registry,
       repository,
       max(life) AS lives,
       sum(count) AS count,
       max(state = 'open') AS open,
       min(first_seen) AS first_seen,
       max(last_seen) AS last_seen
FROM incidents
WHERE (:registry IS NULL OR registry = :registry)
GROUP BY key
HAVING max(life) > 1
   AND max(last_seen) >= since(:since, coalesce(:now, datetime('now')))
ORDER BY lives DESC, last_seen DESC, key;
