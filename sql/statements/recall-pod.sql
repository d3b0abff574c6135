-- Incidents that are not over and in which the pod suffers; the columns are
-- those of restore-incidents.sql.
SELECT id, key, life, cause, severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM incident
WHERE id IN (SELECT incident_id FROM affected
             WHERE recovered = 0 AND pod <> '' AND pod = :text)
  AND state IN ('open', 'quiet')
ORDER BY last_seen DESC
LIMIT 64;
