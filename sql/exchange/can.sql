-- Whether this history has a name of its own, which the older ones do not.
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'self';
