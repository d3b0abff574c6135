-- How many events are counted.
SELECT count(*) FROM event_count;
