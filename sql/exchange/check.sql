-- The first line that is wrong, and what is wrong with it. A CASE looks at its
-- rows in their order, so what follows json_valid() may rely on it.
WITH limits AS (
    SELECT max(number) AS last_line,
           253402300799000000 AS latest, -- the end of the year 9999
           1000000000000 AS most
    FROM temp.incoming
), told AS (
    SELECT number, CASE
        WHEN NOT json_valid(body) THEN 'this is not JSON'
        WHEN json_type(body) <> 'object' THEN 'an object is wanted'
        WHEN number = 1 THEN CASE
            WHEN json_extract(body, '$.pullwhy') IS NOT 'history'
                THEN 'this is no history that pullwhy exported'
            WHEN json_type(body, '$.schema') IS NOT 'integer'
                 OR json_extract(body, '$.schema') <> 1
                THEN 'its schema is ' || substr(coalesce(
                         json_extract(body, '$.schema'), 'not told'), 1, 20)
                     || ', known here is 1; import it with the pullwhy that '
                     || 'made it, or a newer one'
            WHEN json_type(body, '$.id') IS NOT 'text'
                 OR length(json_extract(body, '$.id')) <> 32
                 OR json_extract(body, '$.id') GLOB '*[^0-9a-f]*'
                THEN 'id: 32 hexadecimal digits are wanted'
            WHEN typeof(json_extract(body, '$.exported_at')) <> 'integer'
                 OR json_extract(body, '$.exported_at') NOT BETWEEN 0 AND latest
                THEN 'exported_at: microseconds since 1970 are wanted'
            WHEN json_type(body, '$.members') IS NOT 'array'
                 OR EXISTS (SELECT 1 FROM json_each(body, '$.members')
                            WHERE type <> 'text' OR length(value) <> 32
                                  OR value GLOB '*[^0-9a-f]*')
                THEN 'members: a list of ids is wanted'
            WHEN last_line = 1 THEN 'the file ends here, too early'
            END
        WHEN number = last_line THEN CASE
            WHEN json_type(body, '$.end') IS NOT 'true'
                THEN 'the file ends here, too early'
            WHEN json_extract(body, '$.incidents') IS NOT last_line - 2
                THEN 'this tells of another number of incidents than are '
                     || 'there, ' || (last_line - 2)
            END
        WHEN json_type(body, '$.end') IS NOT NULL
            THEN 'there is more behind the end'
        WHEN json_type(body, '$.key') IS NOT 'text'
             OR length(json_extract(body, '$.key')) NOT BETWEEN 1 AND 4096
            THEN 'key: a text is wanted'
        WHEN typeof(json_extract(body, '$.life')) <> 'integer'
             OR json_extract(body, '$.life') NOT BETWEEN 0 AND 2147483647
            THEN 'life: a whole number is wanted'
        WHEN json_type(body, '$.cause') IS NOT 'text'
             OR length(json_extract(body, '$.cause')) NOT BETWEEN 1 AND 64
             OR json_extract(body, '$.cause') GLOB '*[^a-z0-9-]*'
            THEN 'cause: a name such as image-not-found is wanted'
        WHEN json_extract(body, '$.severity')
             NOT IN ('info', 'warning', 'error', 'critical')
             OR json_type(body, '$.severity') IS NOT 'text'
            THEN 'severity: info, warning, error or critical is wanted'
        WHEN json_extract(body, '$.scope')
             NOT IN ('registry', 'image', 'node', 'pod')
             OR json_type(body, '$.scope') IS NOT 'text'
            THEN 'scope: registry, image, node or pod is wanted'
        WHEN json_extract(body, '$.state')
             NOT IN ('open', 'quiet', 'resolved', 'joined')
             OR json_type(body, '$.state') IS NOT 'text'
            THEN 'state: open, quiet, resolved or joined is wanted'
        WHEN EXISTS (SELECT 1 FROM json_each(body)
                     WHERE key IN ('registry', 'repository', 'tag', 'digest',
                                   'image', 'vendor')
                       AND (type NOT IN ('text', 'null')
                            OR length(atom) > 4096))
            THEN 'registry, repository, tag, digest, image, vendor: a text or '
                 || 'null is wanted'
        WHEN typeof(json_extract(body, '$.first_seen')) <> 'integer'
             OR typeof(json_extract(body, '$.last_seen')) <> 'integer'
             OR json_extract(body, '$.first_seen') < 0
             OR json_extract(body, '$.last_seen') > latest
             OR json_extract(body, '$.last_seen')
                < json_extract(body, '$.first_seen')
            THEN 'first_seen, last_seen: microseconds since 1970 are wanted, '
                 || 'the first not after the last'
        WHEN coalesce(json_type(body, '$.resolved_at'), 'null') <> 'null'
             AND (typeof(json_extract(body, '$.resolved_at')) <> 'integer'
                  OR json_extract(body, '$.resolved_at') NOT BETWEEN 0
                                                             AND latest)
            THEN 'resolved_at: microseconds since 1970 or null is wanted'
        WHEN typeof(json_extract(body, '$.count')) <> 'integer'
             OR json_extract(body, '$.count') NOT BETWEEN 0 AND most
            THEN 'count: a whole number from 0 to ' || most || ' is wanted'
        WHEN json_extract(body, '$.approximate') NOT IN (0, 1)
             OR json_type(body, '$.approximate') IS NULL
            THEN 'approximate: 0 or 1 is wanted'
        WHEN json_type(body, '$.also') IS NOT 'text'
             OR length(json_extract(body, '$.also')) > 4096
             OR json_extract(body, '$.also') GLOB '*[^a-z0-9 -]*'
            THEN 'also: names of causes with blanks between are wanted'
        WHEN json_type(body, '$.facts') IS NOT 'object'
             OR EXISTS (SELECT 1 FROM json_each(body, '$.facts')
                        WHERE type <> 'text' OR length(value) > 65536)
            THEN 'facts: an object of texts is wanted'
        WHEN json_type(body, '$.affected') IS NOT 'array'
             OR EXISTS (
                SELECT 1 FROM json_each(body, '$.affected') AS a
                WHERE type <> 'object'
                   OR typeof(json_extract(a.value, '$.first_seen'))
                      <> 'integer'
                   OR typeof(json_extract(a.value, '$.last_seen')) <> 'integer'
                   OR json_extract(a.value, '$.first_seen') < 0
                   OR json_extract(a.value, '$.last_seen') > latest
                   OR typeof(json_extract(a.value, '$.count')) <> 'integer'
                   OR json_extract(a.value, '$.count') NOT BETWEEN 0 AND most
                   OR json_extract(a.value, '$.recovered') NOT IN (0, 1)
                   OR json_type(a.value, '$.recovered') IS NULL
                   OR 5 <> (SELECT count(*) FROM json_each(a.value)
                            WHERE key IN ('namespace', 'pod', 'container',
                                          'node', 'image')
                              AND type = 'text' AND length(atom) <= 4096))
            THEN 'affected: a list of objects with namespace, pod, container, '
                 || 'node, image, first_seen, last_seen, count and recovered '
                 || 'is wanted'
        WHEN json_type(body, '$.tally') IS NOT 'array'
             OR EXISTS (
                SELECT 1 FROM json_each(body, '$.tally') AS t
                WHERE type <> 'object'
                   OR typeof(json_extract(t.value, '$.minute')) <> 'integer'
                   OR json_extract(t.value, '$.minute')
                      NOT BETWEEN 0 AND latest / 60000000
                   OR typeof(json_extract(t.value, '$.count')) <> 'integer'
                   OR json_extract(t.value, '$.count') NOT BETWEEN 0 AND most)
            THEN 'tally: a list of objects with minute and count is wanted'
        WHEN json_type(body, '$.sample') IS NOT 'array'
             OR json_array_length(body, '$.sample') > 16
             OR EXISTS (
                SELECT 1 FROM json_each(body, '$.sample') AS s
                WHERE type <> 'object'
                   OR typeof(json_extract(s.value, '$.seen_at')) <> 'integer'
                   OR json_extract(s.value, '$.seen_at')
                      NOT BETWEEN 0 AND latest
                   OR json_type(s.value, '$.origin') IS NOT 'text'
                   OR json_type(s.value, '$.line') IS NOT 'text'
                   OR length(json_extract(s.value, '$.line')) > 65536)
            THEN 'sample: a list of at most 16 objects with seen_at, origin '
                 || 'and line is wanted'
        END AS complaint
    FROM temp.incoming, limits
)
SELECT number, complaint FROM told
WHERE complaint IS NOT NULL
ORDER BY number
LIMIT 1;
