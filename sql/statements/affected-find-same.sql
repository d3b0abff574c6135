-- The row of a sufferer whose pod is not known: only one that says the same.
SELECT id
FROM affected
WHERE incident_id = :incident
  AND pod = :pod
  AND namespace = :namespace
  AND container = :container
  AND node = :node
  AND image = :image;
