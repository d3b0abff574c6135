-- What was open and of which nothing was seen for the quiet time of its class
-- goes quiet; recall-overdue.sql has the same times. :rows gives the numbers of
-- those that the program has in memory, and sees to itself.
UPDATE incident
SET state = 'quiet'
WHERE state = 'open'
  AND last_seen < :now - CASE (SELECT class FROM cause
                               WHERE slug = incident.cause)
                             WHEN 'transient' THEN 600
                             WHEN 'permanent' THEN 3600
                             ELSE 1800 END * 1000000
  AND id NOT IN (SELECT c1 FROM given(:rows));
