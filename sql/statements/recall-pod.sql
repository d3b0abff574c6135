-- Incidents in which the pod suffers or did, as restore-incidents.sql has them.
SELECT id, key, life, cause, severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM incident AS i
WHERE id IN (SELECT incident_id FROM affected
             WHERE pod <> '' AND pod = :text)
  AND (state IN ('open', 'quiet')
       OR (state = 'resolved'
           AND resolved_at >= (SELECT max(last_seen) FROM incident)
                              - 7 * 86400 * 1000000))
  AND life = (SELECT max(life) FROM incident WHERE key = i.key)
ORDER BY last_seen DESC
LIMIT 512;
