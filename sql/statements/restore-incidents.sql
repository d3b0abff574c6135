-- The latest life of each key, unless it was over seven days before the last
-- thing that this history knows of; the newest ones if they are too many.
SELECT id, key, life, cause, severity, state, first_seen, last_seen,
       resolved_at, count, approximate, also, facts
FROM incident
WHERE id IN (SELECT id
             FROM incident AS i
             WHERE life = (SELECT max(life) FROM incident WHERE key = i.key)
               AND (state IN ('open', 'quiet')
                    OR (state = 'resolved'
                        AND resolved_at >= (SELECT max(last_seen)
                                            FROM incident)
                                           - 7 * 86400 * 1000000))
             ORDER BY last_seen DESC
             LIMIT :limit)
ORDER BY id;
