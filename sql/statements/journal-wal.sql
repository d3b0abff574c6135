-- Answers with the mode that the file has then.
PRAGMA journal_mode = WAL;
