-- What the migrations add up to, for reading; a test compares them. To change
-- the schema write a new file in sql/migrations/ and follow it here.
-- People ask the views (sql/views.sql); the tables may change.

PRAGMA application_id = 1886743671; -- the bytes "pulw"
PRAGMA user_version = 5;

-- One life of one trouble. Unknown values are NULL. A row whose state is
-- 'joined' was folded into the row joined_id and counts nothing any more.
CREATE TABLE incident (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT    NOT NULL,
    life        INTEGER NOT NULL,
    cause       TEXT    NOT NULL,
    severity    TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    registry    TEXT,
    repository  TEXT,
    tag         TEXT,
    digest      TEXT,
    image       TEXT,
    vendor      TEXT,
    state       TEXT    NOT NULL,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    resolved_at INTEGER,
    count       INTEGER NOT NULL,
    approximate INTEGER NOT NULL DEFAULT 0, -- 1: its times are estimates
    facts       TEXT    NOT NULL DEFAULT '{}', -- JSON, by the facts' names
    also        TEXT    NOT NULL DEFAULT '', -- slugs with blanks between
    joined_id   INTEGER REFERENCES incident (id) ON DELETE SET NULL,
    UNIQUE (key, life)
);
CREATE INDEX incident_by_last_seen ON incident (last_seen);
CREATE INDEX incident_by_open ON incident (last_seen) WHERE state = 'open';
CREATE INDEX incident_by_joined ON incident (joined_id)
    WHERE joined_id IS NOT NULL;

-- Who suffers. Unknown values are '', so that UNIQUE holds for them too.
CREATE TABLE affected (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    namespace   TEXT    NOT NULL DEFAULT '',
    pod         TEXT    NOT NULL DEFAULT '',
    container   TEXT    NOT NULL DEFAULT '',
    node        TEXT    NOT NULL DEFAULT '',
    image       TEXT    NOT NULL DEFAULT '',
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    recovered   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (incident_id, pod, namespace, container, node, image)
);

-- Whose incidents these are, by what a line says.
CREATE INDEX affected_by_pod ON affected (pod) WHERE pod <> '';
CREATE INDEX affected_by_image ON affected (image) WHERE image <> '';

-- Evidence: the first and the last few redacted lines of each incident.
CREATE TABLE sample (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    seen_at     INTEGER NOT NULL,
    origin      TEXT    NOT NULL,
    line        TEXT    NOT NULL
);
CREATE INDEX sample_by_incident ON sample (incident_id, seen_at, id);

-- How often, by minutes since 1970.
CREATE TABLE tally (
    incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    minute      INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (incident_id, minute)
) WITHOUT ROWID;

-- How far each origin was counted; written with what was counted.
CREATE TABLE checkpoint (
    identity   TEXT    NOT NULL PRIMARY KEY,
    origin     TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

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

-- Histories of other places, merged into this one.

-- The random name of this history; it stays when the file is moved.
CREATE TABLE self (
    id TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO self (id) VALUES (lower(hex(randomblob(16))));

-- Histories that were merged into this one, by their own names.
CREATE TABLE source (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    exported_at INTEGER NOT NULL
);

-- Histories that had been merged into such a one before.
CREATE TABLE member (
    source INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    id     TEXT    NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;

-- What a source counted of an incident; `key` and `life` are its own.
CREATE TABLE part (
    id          INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    life        INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    count       INTEGER NOT NULL,
    UNIQUE (source, key, life)
);
CREATE INDEX part_by_incident ON part (incident_id);

CREATE TABLE part_affected (
    part        INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    affected_id INTEGER NOT NULL REFERENCES affected (id) ON DELETE CASCADE,
    count       INTEGER NOT NULL,
    PRIMARY KEY (part, affected_id)
) WITHOUT ROWID;
CREATE INDEX part_affected_by_affected ON part_affected (affected_id);

CREATE TABLE part_tally (
    part   INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    minute INTEGER NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (part, minute)
) WITHOUT ROWID;

-- The catalogue's words, so that a history can be read without the catalogue.
CREATE TABLE cause (
    slug     TEXT NOT NULL PRIMARY KEY,
    title_en TEXT NOT NULL,
    title_ja TEXT NOT NULL,
    severity TEXT NOT NULL,
    scope    TEXT NOT NULL,
    class    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE remedy (
    cause    TEXT    NOT NULL REFERENCES cause (slug) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id       TEXT    NOT NULL,
    title_en TEXT    NOT NULL,
    title_ja TEXT    NOT NULL,
    PRIMARY KEY (cause, position)
) WITHOUT ROWID;

-- Full text of the evidence (even rowids: twice the sample's id) and of the
-- facts (odd ones: twice the incident's id and one). Who inserts rows there
-- inserts them here, once for all (search-evidence.sql, search-facts.sql).
CREATE VIRTUAL TABLE search USING fts5 (incident_id UNINDEXED, body);

CREATE TRIGGER sample_deleted AFTER DELETE ON sample BEGIN
    DELETE FROM search WHERE rowid = old.id * 2;
END;

CREATE TRIGGER sample_moved AFTER UPDATE OF incident_id ON sample BEGIN
    UPDATE search SET incident_id = new.incident_id WHERE rowid = new.id * 2;
END;

CREATE TRIGGER incident_changed AFTER UPDATE OF facts ON incident
WHEN new.facts <> old.facts BEGIN
    UPDATE search
    SET body = (SELECT coalesce(group_concat(value, ' '), '')
                FROM json_each(new.facts))
    WHERE rowid = new.id * 2 + 1;
END;

CREATE TRIGGER incident_deleted AFTER DELETE ON incident BEGIN
    DELETE FROM search WHERE rowid = old.id * 2 + 1;
END;
