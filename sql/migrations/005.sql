-- A run asks for the incidents of a pod, of an image, and of what is overdue
-- when it needs them, instead of reading all that may be needed. What is over
-- is asked for, too: a late line may be of it.

PRAGMA user_version = 5;

DROP INDEX affected_by_pod;
DROP INDEX affected_by_image;
CREATE INDEX affected_by_pod ON affected (pod) WHERE pod <> '';
CREATE INDEX affected_by_image ON affected (image) WHERE image <> '';

CREATE INDEX incident_by_open ON incident (last_seen) WHERE state = 'open';
