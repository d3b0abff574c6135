-- The lock ends when the file is read next.
PRAGMA locking_mode = NORMAL;
SELECT count(*) FROM salt;
