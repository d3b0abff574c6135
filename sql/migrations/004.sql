-- Histories of other places, merged into this one: who they are, and how much
-- of each count is theirs, so that it can be replaced when they are read again.

PRAGMA user_version = 4;

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
