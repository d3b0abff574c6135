-- Few enough pages that nobody waits for it.
PRAGMA incremental_vacuum(256);
