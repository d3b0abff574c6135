PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
