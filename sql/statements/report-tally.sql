-- How often an incident was seen in each column of the timeline.
SELECT minute / :minutes AS column, sum(count)
FROM tally
WHERE incident_id = :incident AND minute >= :from
GROUP BY 1
ORDER BY 1;
