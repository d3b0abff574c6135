-- A cluster forgets its events after an hour, or after what it was told to.
DELETE FROM event_count WHERE seen_at < :now - 2 * 86400 * 1000000;
