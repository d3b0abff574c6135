-- :rows gives the incident, the minute and how often it was seen in it.
INSERT INTO tally (incident_id, minute, count)
SELECT c1, c2, c3
FROM given(:rows)
WHERE true
ON CONFLICT (incident_id, minute) DO UPDATE SET count = count + excluded.count;
