-- Failed pulls that fit no known cause, with their kept text (:since, :registry).
SELECT i.id, i.registry, i.image, i.count, e.seen_at, e.origin, e.line
FROM incidents AS i LEFT JOIN evidence AS e ON e.incident = i.id
WHERE i.cause = 'unknown'
  AND (:registry IS NULL OR i.registry = :registry)
  AND i.last_seen >= since(:since, coalesce(:now, datetime('now')))
ORDER BY i.last_seen DESC, i.id, e.seen_at, e.id;
