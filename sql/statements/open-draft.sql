-- Nobody else finds the file, so it is written once, and is thrown away if that
-- fails; and each row is made in the transaction of what it refers to, by its
-- number. open-write.sql tells the rest.
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -1000;
