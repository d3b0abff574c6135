-- Likewise, what is wrong with the lines together, which are sound by now.
WITH head AS (
    SELECT json_extract(body, '$.id') AS id,
           json_extract(body, '$.exported_at') AS exported_at
    FROM temp.incoming WHERE number = 1
), told AS (
    SELECT id FROM head
    UNION
    SELECT m.value FROM temp.incoming, json_each(body, '$.members') AS m
    WHERE number = 1
), known AS (
    SELECT id FROM source WHERE id <> (SELECT id FROM head)
    UNION
    SELECT m.id FROM member AS m JOIN source AS s ON s.number = m.source
    WHERE s.id <> (SELECT id FROM head)
), line AS (
    SELECT number, row_number() OVER (
        PARTITION BY json_extract(body, '$.key'), json_extract(body, '$.life')
        ORDER BY number) AS place
    FROM temp.incoming
    WHERE number NOT IN (1, (SELECT max(number) FROM temp.incoming))
)
SELECT 1, 'this is what was exported from this history itself'
WHERE (SELECT id FROM self) IN told
UNION ALL
SELECT 1, 'it has the counts of the history ' || (SELECT min(id) FROM told
                                                  WHERE id IN known)
          || ', which came here another way; import each history from one '
          || 'place only'
WHERE EXISTS (SELECT 1 FROM told WHERE id IN known)
UNION ALL
SELECT 1, 'it is older than what was imported of this history before'
WHERE EXISTS (SELECT 1 FROM source AS s JOIN head AS h ON h.id = s.id
              WHERE s.exported_at > h.exported_at)
UNION ALL
SELECT min(number), 'this incident is told a second time' FROM line
WHERE place > 1
HAVING count(*) > 0
ORDER BY 1
LIMIT 1;
