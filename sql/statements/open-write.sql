PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
-- KiB. A flush fills one table after the other, which needs no more.
PRAGMA cache_size = -1000;
