-- The full text of the evidence that was written since row :first.
INSERT INTO search (rowid, incident_id, body)
SELECT id * 2, incident_id, line FROM sample WHERE id >= :first;
