-- Whether events are counted at all.
SELECT EXISTS (SELECT 1 FROM event_count);
