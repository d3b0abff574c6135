-- What pullwhy history prints, the newest first. A filter that is NULL holds.
SELECT id, severity, state, cause,
       coalesce(CASE WHEN scope = 'registry' THEN registry END, image, registry)
           AS "where",
       count, pods, nodes, first_seen, last_seen, resolved_at
FROM incidents AS i
WHERE (:cause IS NULL OR cause = :cause)
  AND (:registry IS NULL OR registry = :registry)
  AND (:state IS NULL OR state = :state)
  AND (:since IS NULL OR last_seen >= :since)
  AND ((:namespace IS NULL AND :node IS NULL)
       OR EXISTS (SELECT 1 FROM affected AS a
                  WHERE a.incident_id = i.id
                    AND (:namespace IS NULL OR a.namespace = :namespace)
                    AND (:node IS NULL OR a.node = :node)))
ORDER BY i.last_seen DESC, id DESC;
