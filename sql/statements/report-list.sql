-- What pullwhy report tells of, the newest first, with the span of them all. A
-- filter that is NULL holds, and a time that is 0.
SELECT i.id, i.cause,
       min(i.first_seen) OVER () AS first,
       max(i.last_seen) OVER () AS last
FROM incident AS i
WHERE i.state <> 'joined'
  AND (:cause IS NULL OR i.cause = :cause)
  AND (:registry IS NULL OR i.registry = :registry)
  AND (:state IS NULL OR i.state = :state)
  AND i.last_seen >= :since
  AND (:until = 0 OR i.first_seen <= :until)
  AND (:search IS NULL
       OR i.id IN (SELECT incident_id FROM search
                   WHERE search MATCH :search))
  AND ((:namespace IS NULL AND :node IS NULL)
       OR EXISTS (SELECT 1 FROM affected AS a
                  WHERE a.incident_id = i.id
                    AND (:namespace IS NULL OR a.namespace = :namespace)
                    AND (:node IS NULL OR a.node = :node)))
ORDER BY i.last_seen DESC, i.id DESC;
