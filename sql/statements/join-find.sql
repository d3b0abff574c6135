-- The row that another one is folded into.
SELECT id FROM incident
WHERE key = :key AND id <> :gone AND state <> 'joined'
ORDER BY life DESC
LIMIT 1;
