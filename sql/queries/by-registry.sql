-- Which registry gives how much trouble (:since, :registry).
SELECT registry,
       count(*) AS incidents,
       sum(state = 'open') AS open,
       sum(count) AS count,
       (SELECT count(*)
        FROM (SELECT DISTINCT p.namespace, p.pod
              FROM affected_pods AS p
              WHERE p.registry IS i.registry AND p.pod IS NOT NULL
                AND p.last_seen >= since(:since,
                                         coalesce(:now, datetime('now')))))
           AS pods,
       group_concat(DISTINCT cause) AS causes,
       max(last_seen) AS last_seen
FROM incidents AS i
WHERE (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(:since, coalesce(:now, datetime('now')))
GROUP BY registry
ORDER BY count DESC, registry;
