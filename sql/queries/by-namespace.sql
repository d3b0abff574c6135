-- Which namespace suffers how much (:since, :registry).
SELECT namespace,
       count(DISTINCT incident) AS incidents,
       count(DISTINCT CASE WHEN state = 'open' THEN incident END) AS open,
       count(DISTINCT pod) AS pods,
       sum(count) AS count,
       group_concat(DISTINCT cause) AS causes,
       max(last_seen) AS last_seen
FROM affected_pods
WHERE (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(:since, coalesce(:now, datetime('now')))
GROUP BY namespace
ORDER BY count DESC, namespace;
