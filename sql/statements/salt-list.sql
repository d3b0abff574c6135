SELECT value FROM salt ORDER BY position;
