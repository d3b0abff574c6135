INSERT INTO event_count (uid, count, last_at, seen_at)
VALUES (:uid, :count, :last_at, :seen_at)
ON CONFLICT (uid) DO UPDATE
SET count = excluded.count,
    last_at = max(last_at, excluded.last_at),
    seen_at = max(seen_at, excluded.seen_at);
