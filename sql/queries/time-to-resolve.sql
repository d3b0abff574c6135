-- How many minutes each cause took until it was resolved (:since, :registry).
SELECT cause,
       title,
       count(*) AS resolved,
       round(avg(seconds) / 60.0, 1) AS average_minutes,
       round(min(seconds) / 60.0, 1) AS shortest_minutes,
       round(max(seconds) / 60.0, 1) AS longest_minutes
FROM time_to_resolve
WHERE (:registry IS NULL OR registry = :registry)
  AND resolved_at >= since(:since, coalesce(:now, datetime('now')))
GROUP BY cause
ORDER BY average_minutes DESC, cause;
