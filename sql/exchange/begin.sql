-- The lines of a file that is read in.
CREATE TEMP TABLE incoming (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
);
