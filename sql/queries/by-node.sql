-- Which node suffers how much: one node alone hints at the node (:since, :registry).
SELECT node,
       count(DISTINCT incident) AS incidents,
       count(DISTINCT CASE WHEN state = 'open' THEN incident END) AS open,
       count(DISTINCT coalesce(namespace, '') || '/' || pod) AS pods,
       sum(count) AS count,
       group_concat(DISTINCT cause) AS causes,
       max(last_seen) AS last_seen
FROM affected_pods
WHERE node IS NOT NULL
  AND (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(:since, coalesce(:now, datetime('now')))
GROUP BY node
ORDER BY count DESC, node;
