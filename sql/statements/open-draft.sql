-- Nobody else finds the file, so it is written once, and is thrown away if that
-- fails. open-write.sql tells the rest.
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -1000;
