SELECT count, last_at, seen_at FROM event_count WHERE uid = :uid;
