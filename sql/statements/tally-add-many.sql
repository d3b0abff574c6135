-- Likewise, of many minutes at once, as [minute << 32 | count, ...].
INSERT INTO tally (incident_id, minute, count)
SELECT :incident, value >> 32, value & 0xffffffff
FROM json_each(:tallies)
WHERE true
ON CONFLICT (incident_id, minute) DO UPDATE SET count = count + excluded.count;
