-- Takes the write lock at once, so that what is read inside stays true.
BEGIN IMMEDIATE;
