-- Before the first table is made: pruning later gives pages back.
PRAGMA auto_vacuum = INCREMENTAL;
