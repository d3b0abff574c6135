-- What "given(:rows)" is to SQLite: rows that C hands to a statement, where
-- c1, c2, ... are what that statement needs. Nothing of it is in the file.
CREATE TABLE given (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, rows HIDDEN);
