-- Until open-write.sql says otherwise.
PRAGMA synchronous = OFF;
