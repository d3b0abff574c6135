-- The row that goes on with this trouble (id, NULL if there is none) and the
-- life that it has or shall have. A row that is over and whose time does not
-- overlap is another life, though this run could not know of it.
SELECT CASE WHEN use = life THEN id END, use
FROM (SELECT id,
             life,
             CASE
                 WHEN :life > life THEN :life
                 WHEN state IN ('open', 'quiet') THEN life
                 WHEN state = 'resolved'
                      AND :first_seen <= coalesce(resolved_at, last_seen)
                      AND :last_seen >= first_seen THEN life
                 ELSE life + 1
             END AS use
      FROM incident
      WHERE key = :key
      ORDER BY life DESC
      LIMIT 1);
