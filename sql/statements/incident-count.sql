-- How many incidents the history holds. Rows that were folded into others are
-- found by index, but for those that a merge has folded.
SELECT CASE WHEN EXISTS (SELECT 1 FROM source)
            THEN (SELECT count(*) FROM incident WHERE state <> 'joined')
            ELSE (SELECT count(*) FROM incident)
                 - (SELECT count(*) FROM incident
                    WHERE joined_id IS NOT NULL)
       END;
