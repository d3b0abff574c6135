-- What is older than minute :minute is counted by hours from now on.
INSERT INTO tally (incident_id, minute, count)
SELECT incident_id, minute / 60 * 60, sum(count)
FROM tally
WHERE minute < :minute AND minute % 60 <> 0
GROUP BY incident_id, minute / 60 * 60
ON CONFLICT (incident_id, minute) DO UPDATE SET count = count + excluded.count;

DELETE FROM tally WHERE minute < :minute AND minute % 60 <> 0;

INSERT INTO part_tally (part, minute, count)
SELECT part, minute / 60 * 60, sum(count)
FROM part_tally
WHERE minute < :minute AND minute % 60 <> 0
GROUP BY part, minute / 60 * 60
ON CONFLICT (part, minute) DO UPDATE SET count = count + excluded.count;

DELETE FROM part_tally WHERE minute < :minute AND minute % 60 <> 0;
