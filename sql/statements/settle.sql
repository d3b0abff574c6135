-- All that the -wal holds goes into the file, and the -wal is emptied.
PRAGMA wal_checkpoint(TRUNCATE);
