-- The full text of the facts of the incidents that are new since row :first.
INSERT INTO search (rowid, incident_id, body)
SELECT id * 2 + 1, id,
       (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(facts))
FROM incident
WHERE id >= :first;
