-- How many incidents were read in.
SELECT count(*) FROM temp.mapping WHERE state <> 'joined';
