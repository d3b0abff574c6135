-- The row that another one is folded into: that of the life which was meant,
-- else the latest one.
SELECT id FROM incident
WHERE key = :key AND id <> :gone AND state <> 'joined'
ORDER BY id = :id DESC, life DESC
LIMIT 1;
