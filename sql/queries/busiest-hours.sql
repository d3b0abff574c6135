-- The hours (UTC) with the most failures (:since, :registry, :limit, 24 if not given).
SELECT substr(time, 1, 13) || ':00:00Z' AS hour,
       sum(count) AS count,
       count(DISTINCT incident) AS incidents
FROM timeline
WHERE event = 'seen'
  AND (:registry IS NULL OR registry = :registry)
  AND time >= since(:since, coalesce(:now, datetime('now')))
GROUP BY substr(time, 1, 13)
ORDER BY count DESC, hour
LIMIT CAST(coalesce(:limit, 24) AS INTEGER);
