-- How an incident went: how often in each twelfth of its time, and its busiest
-- minute.
SELECT (SELECT group_concat(twelfth || ':' || often, ' ')
        FROM (SELECT min(max((minute - i.first_seen / 60000000) * 12
                             / ((i.last_seen - i.first_seen) / 60000000 + 1),
                             0), 11) AS twelfth,
                     sum(count) AS often
              FROM tally WHERE incident_id = i.id
              GROUP BY twelfth)),
       p.minute * 60000000, p.count
FROM incident AS i
     LEFT JOIN (SELECT * FROM tally WHERE incident_id = :incident
                ORDER BY count DESC, minute LIMIT 1) AS p
WHERE i.id = :incident;
