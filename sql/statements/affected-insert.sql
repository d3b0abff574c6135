-- :rows gives what a sufferer has, in this order; no row of the incident says
-- the same. The transaction is undone when one fails, so that SQLite need not
-- note how to undo the statement alone (OR FAIL).
INSERT OR FAIL INTO affected (incident_id, namespace, pod, container, node,
                              image, first_seen, last_seen, count, recovered)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10
FROM given(:rows);
