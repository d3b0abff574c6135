-- Incidents seen in the last day, or since :since, the newest first (:registry).
SELECT id, state, severity, cause, title, registry, image, pods, count,
       first_seen, last_seen, resolved_at
FROM incidents
WHERE (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(coalesce(:since, '1d'),
                         coalesce(:now, datetime('now')))
ORDER BY last_seen DESC, id DESC;
