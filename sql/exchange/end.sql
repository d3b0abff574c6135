DROP TABLE IF EXISTS temp.mapping;
DROP TABLE IF EXISTS temp.incoming;
