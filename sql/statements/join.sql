-- Row :gone is folded into row :into: it told of the same failures once more,
-- so whom it knows and its evidence move there, and what it counted goes. The
-- row stays, with nothing in it, so that its number still leads somewhere.

UPDATE incident
SET first_seen = min(first_seen, (SELECT g.first_seen FROM incident AS g
                                  WHERE g.id = :gone)),
    last_seen = max(last_seen, (SELECT g.last_seen FROM incident AS g
                                WHERE g.id = :gone)),
    facts = json_patch((SELECT g.facts FROM incident AS g WHERE g.id = :gone),
                       facts)
WHERE id = :into AND EXISTS (SELECT 1 FROM incident WHERE id = :gone);

INSERT INTO affected (incident_id, namespace, pod, container, node, image,
                      first_seen, last_seen, count, recovered)
SELECT :into, namespace, pod, container, node, image,
       first_seen, last_seen, 0, recovered
FROM affected
WHERE incident_id = :gone
ON CONFLICT (incident_id, pod, namespace, container, node, image) DO UPDATE
SET first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen);

DELETE FROM affected WHERE incident_id = :gone;

DELETE FROM tally WHERE incident_id = :gone;

UPDATE sample SET incident_id = :into WHERE incident_id = :gone;

UPDATE incident SET joined_id = :into WHERE joined_id = :gone;

UPDATE incident
SET state = 'joined', joined_id = :into, count = 0, facts = '{}'
WHERE id = :gone;
