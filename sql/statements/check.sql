-- The first thing that is wrong with the file's pages, or "ok".
PRAGMA quick_check(1);
