-- Differs from what it was if another connection has written since.
PRAGMA data_version;
