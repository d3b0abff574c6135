-- What is wrong now, the worst first (:registry, :since).
SELECT id, severity, cause, title, registry, image, pods, nodes, count,
       first_seen, last_seen
FROM open_incidents
WHERE (:registry IS NULL OR registry = :registry)
  AND last_seen >= since(:since, coalesce(:now, datetime('now')));
