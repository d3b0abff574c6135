-- Which workload suffers how much (:since, :registry).
SELECT namespace,
       workload,
       count(DISTINCT incident) AS incidents,
       count(DISTINCT CASE WHEN state = 'open' THEN incident END) AS open,
       count(DISTINCT pod) AS pods,
       sum(count) AS count,
       group_concat(DISTINCT cause) AS causes,
       max(last_seen) AS last_seen
FROM affected_pods
WHERE workload IS NOT NULL
  AND (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(:since, coalesce(:now, datetime('now')))
GROUP BY namespace, workload
ORDER BY count DESC, namespace, workload;
