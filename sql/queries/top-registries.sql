-- The registries that give the most trouble (:since, :limit, 10 if not given).
SELECT registry,
       count(*) AS incidents,
       sum(state = 'open') AS open,
       sum(count) AS count,
       group_concat(DISTINCT cause) AS causes,
       max(last_seen) AS last_seen
FROM incidents
WHERE registry IS NOT NULL
  AND last_seen >= since(:since, coalesce(:now, datetime('now')))
GROUP BY registry
ORDER BY count DESC, registry
LIMIT CAST(coalesce(:limit, 10) AS INTEGER);
