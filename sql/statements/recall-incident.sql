-- One incident; the columns are those of restore-incidents.sql.
SELECT id, key, life, cause, severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM incident
WHERE id = :incident;
