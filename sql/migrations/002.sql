-- Living sources: how far and until when each was read, how often an event was
-- counted, and which failures have been told by whom.

PRAGMA user_version = 2;

-- Where reading goes on (not before a line that may yet grow), what stood
-- there, when the file was written last, and the place of what has no bytes.
ALTER TABLE checkpoint ADD COLUMN resume INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checkpoint ADD COLUMN anchor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checkpoint ADD COLUMN modified_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checkpoint ADD COLUMN cursor TEXT NOT NULL DEFAULT '';
CREATE INDEX checkpoint_by_origin ON checkpoint (origin);

-- Up to which count the failures that an event tells are counted. What has no
-- uid, as the rows of kubectl's tables, has a keyed hash of what it says.
CREATE TABLE event_count (
    uid     TEXT    NOT NULL PRIMARY KEY,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL, -- when it happened last, as it says
    seen_at INTEGER NOT NULL  -- when it was read last
) WITHOUT ROWID;
CREATE INDEX event_count_by_seen_at ON event_count (seen_at);

-- The latest failures, so that one that is told once more, by another program,
-- is not counted once more. All names are hashes.
CREATE TABLE attempt (
    number   INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL, -- of its key
    image    INTEGER NOT NULL,
    pod      INTEGER NOT NULL, -- 0: not known
    node     INTEGER NOT NULL, -- 0: not known
    from_at  INTEGER NOT NULL,
    to_at    INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    told     INTEGER NOT NULL  -- a byte for each voice: how many it told
);

-- Random numbers of this history, so that nobody can foresee its hashes.
CREATE TABLE salt (
    position INTEGER PRIMARY KEY,
    value    INTEGER NOT NULL
);
INSERT INTO salt (position, value) VALUES (1, random()), (2, random());

-- Who still suffers, by what a success says.
CREATE INDEX affected_by_pod ON affected (pod)
    WHERE recovered = 0 AND pod <> '';
CREATE INDEX affected_by_image ON affected (image)
    WHERE recovered = 0 AND image <> '';
