-- A later life proves that the earlier ones are over.
UPDATE incident
SET state = 'resolved', resolved_at = coalesce(resolved_at, last_seen)
WHERE key = :key AND life < :life AND state IN ('open', 'quiet');
