-- Full text is written once a flush, behind all rows (search-evidence.sql,
-- search-facts.sql): within a trigger each row was a segment of its own.

PRAGMA user_version = 3;

DROP TRIGGER sample_inserted;
DROP TRIGGER incident_inserted;
