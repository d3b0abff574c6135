INSERT INTO tally (incident_id, minute, count)
VALUES (:incident, :minute, :count)
ON CONFLICT (incident_id, minute) DO UPDATE SET count = count + excluded.count;
