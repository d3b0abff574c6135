-- Those that the catalogue does not have any more.
DELETE FROM remedy WHERE cause = :cause AND position > :count;
