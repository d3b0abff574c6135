-- A row if there is an incident.
SELECT id FROM incident LIMIT 1;
