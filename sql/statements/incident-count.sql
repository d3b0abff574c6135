-- How many incidents the history holds.
SELECT count(*) FROM incident WHERE state <> 'joined';
