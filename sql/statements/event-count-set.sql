-- :rows gives the name of an event and what is known of it now.
INSERT INTO event_count (uid, count, last_at, seen_at)
SELECT c1, c2, c3, c4
FROM given(:rows)
WHERE true
ON CONFLICT (uid) DO UPDATE
SET count = excluded.count,
    last_at = max(last_at, excluded.last_at),
    seen_at = max(seen_at, excluded.seen_at);
