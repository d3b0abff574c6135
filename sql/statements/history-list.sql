-- What pullwhy history prints, the newest first or as :sort says. A filter that
-- is NULL holds. What stands behind resolved_at is for people's eyes only: how
-- often in each twelfth of its time, and times as numbers.
SELECT i.id, i.severity, i.state, i.cause,
       coalesce(CASE WHEN i.scope = 'registry' THEN i.registry END, i.image,
                i.registry, json_extract(i.facts, '$.node')) AS "where",
       i.count, i.pods, i.nodes, i.first_seen, i.last_seen, i.resolved_at,
       (SELECT group_concat(twelfth || ':' || often, ' ')
        FROM (SELECT min(max((minute - n.first_seen / 60000000) * 12
                             / ((n.last_seen - n.first_seen) / 60000000 + 1),
                             0), 11) AS twelfth,
                     sum(count) AS often
              FROM tally WHERE incident_id = i.id
              GROUP BY twelfth)) AS spark,
       n.first_seen AS first_us, n.last_seen AS last_us
FROM incidents AS i JOIN incident AS n ON n.id = i.id
WHERE (:cause IS NULL OR i.cause = :cause)
  AND (:registry IS NULL OR i.registry = :registry)
  AND (:state IS NULL OR i.state = :state)
  AND (:since IS NULL OR i.last_seen >= :since)
  AND (:until IS NULL OR i.first_seen <= :until)
  AND (:search IS NULL
       OR i.id IN (SELECT incident_id FROM search
                   WHERE search MATCH :search))
  AND ((:namespace IS NULL AND :node IS NULL)
       OR EXISTS (SELECT 1 FROM affected AS a
                  WHERE a.incident_id = i.id
                    AND (:namespace IS NULL OR a.namespace = :namespace)
                    AND (:node IS NULL OR a.node = :node)))
ORDER BY CASE :sort
             WHEN 'first' THEN n.first_seen
             WHEN 'count' THEN i.count
             WHEN 'pods' THEN i.pods
             WHEN 'severity' THEN CASE i.severity WHEN 'critical' THEN 3
                                      WHEN 'error' THEN 2
                                      WHEN 'warning' THEN 1 ELSE 0 END
             WHEN 'duration' THEN coalesce(n.resolved_at, n.last_seen)
                                  - n.first_seen
         END DESC,
         n.last_seen DESC, i.id DESC;
