-- In no order: to sort so few rows each time makes a table each time.
SELECT namespace, pod, container, node, image, first_seen, last_seen, recovered,
       count, id
FROM affected
WHERE incident_id = :incident
LIMIT :limit;
