-- Pages that are free go back to the file system.
PRAGMA incremental_vacuum;
