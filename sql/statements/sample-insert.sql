INSERT INTO sample (incident_id, seen_at, origin, line)
VALUES (:incident, :seen_at, :origin, :line);
