-- Some that were last seen before :before: what is over before what is open, the
-- oldest first.
DELETE FROM incident
WHERE id IN (SELECT id FROM incident
             WHERE last_seen < :before
             ORDER BY state = 'open', last_seen
             LIMIT :limit);
