-- All but the first three and the last three.
DELETE FROM sample
WHERE incident_id = :incident
  AND (SELECT count(*) FROM sample WHERE incident_id = :incident) > 6
  AND id NOT IN (SELECT id FROM sample WHERE incident_id = :incident
                 ORDER BY seen_at, id LIMIT 3)
  AND id NOT IN (SELECT id FROM sample WHERE incident_id = :incident
                 ORDER BY seen_at DESC, id DESC LIMIT 3);
