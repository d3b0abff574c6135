SELECT position FROM checkpoint WHERE identity = :identity;
