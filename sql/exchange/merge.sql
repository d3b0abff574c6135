-- The lines of temp.incoming become part of this history. What their source had
-- counted here before is taken away first, so that the same file may come twice
-- and a newer one takes the older one's place.

INSERT INTO source (id, exported_at)
SELECT json_extract(body, '$.id'), json_extract(body, '$.exported_at')
FROM temp.incoming WHERE number = 1
ON CONFLICT (id) DO UPDATE SET exported_at = excluded.exported_at;

-- Which incident here each line is about.
CREATE TEMP TABLE mapping (
    number      INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    life        INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    resolved_at INTEGER,
    count       INTEGER NOT NULL,
    new_life    INTEGER,
    incident_id INTEGER,
    part        INTEGER
);

INSERT INTO temp.mapping (number, source, key, life, state, first_seen,
                          last_seen, resolved_at, count)
SELECT number,
       (SELECT s.number FROM source AS s, temp.incoming AS h
        WHERE h.number = 1 AND s.id = json_extract(h.body, '$.id')),
       json_extract(body, '$.key'), json_extract(body, '$.life'),
       json_extract(body, '$.state'), json_extract(body, '$.first_seen'),
       json_extract(body, '$.last_seen'), json_extract(body, '$.resolved_at'),
       json_extract(body, '$.count')
FROM temp.incoming
WHERE number NOT IN (1, (SELECT max(number) FROM temp.incoming));

DELETE FROM member
WHERE source = (SELECT s.number FROM source AS s, temp.incoming AS h
                WHERE h.number = 1 AND s.id = json_extract(h.body, '$.id'));

INSERT OR IGNORE INTO member (source, id)
SELECT s.number, m.value
FROM temp.incoming AS h, json_each(h.body, '$.members') AS m, source AS s
WHERE h.number = 1 AND s.id = json_extract(h.body, '$.id');

UPDATE temp.mapping AS m
SET part = p.id, incident_id = p.incident_id
FROM part AS p
WHERE p.source = m.source AND p.key = m.key AND p.life = m.life;

-- Folded into another one before it was ever told here.
DELETE FROM temp.mapping WHERE part IS NULL AND state = 'joined';

-- The same trouble at the same time is the same incident; what is not over
-- goes on.
UPDATE temp.mapping AS m
SET incident_id = (
    SELECT i.id FROM incident AS i
    WHERE i.key = m.key AND i.state <> 'joined'
      AND (m.state <> 'resolved'
           OR i.first_seen <= coalesce(m.resolved_at, m.last_seen))
      AND (i.state <> 'resolved'
           OR m.first_seen <= coalesce(i.resolved_at, i.last_seen))
    ORDER BY i.life LIMIT 1)
WHERE incident_id IS NULL;

UPDATE temp.mapping AS m
SET new_life = coalesce((SELECT max(life) FROM incident AS i
                         WHERE i.key = m.key), 0)
             + (SELECT count(*) FROM temp.mapping AS o
                WHERE o.incident_id IS NULL AND o.key = m.key
                  AND o.life <= m.life)
WHERE incident_id IS NULL;

INSERT INTO incident (key, life, cause, severity, scope, registry, repository,
                      tag, digest, image, vendor, state, first_seen, last_seen,
                      resolved_at, count, approximate, facts, also)
SELECT m.key, m.new_life, json_extract(body, '$.cause'),
       json_extract(body, '$.severity'), json_extract(body, '$.scope'),
       json_extract(body, '$.registry'), json_extract(body, '$.repository'),
       json_extract(body, '$.tag'), json_extract(body, '$.digest'),
       json_extract(body, '$.image'), json_extract(body, '$.vendor'),
       m.state, m.first_seen, m.last_seen, m.resolved_at, 0,
       json_extract(body, '$.approximate'), json_extract(body, '$.facts'),
       json_extract(body, '$.also')
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number
WHERE m.incident_id IS NULL
ORDER BY m.number;

UPDATE temp.mapping AS m
SET incident_id = (SELECT id FROM incident AS i
                   WHERE i.key = m.key AND i.life = m.new_life)
WHERE incident_id IS NULL;

INSERT INTO part (source, key, life, incident_id, count)
SELECT source, key, life, incident_id, 0 FROM temp.mapping
WHERE part IS NULL;

UPDATE temp.mapping AS m
SET part = (SELECT id FROM part AS p
            WHERE p.source = m.source AND p.key = m.key AND p.life = m.life)
WHERE part IS NULL;

-- What the source had counted is taken away.

UPDATE incident AS i
SET count = count - (SELECT sum(p.count)
                     FROM part AS p JOIN temp.mapping AS m ON m.part = p.id
                     WHERE p.incident_id = i.id)
WHERE id IN (SELECT incident_id FROM temp.mapping) AND state <> 'joined';

UPDATE affected AS a
SET count = count - (SELECT sum(p.count) FROM part_affected AS p
                     WHERE p.affected_id = a.id
                       AND p.part IN (SELECT part FROM temp.mapping))
WHERE id IN (SELECT affected_id FROM part_affected
             WHERE part IN (SELECT part FROM temp.mapping));

UPDATE tally AS t
SET count = t.count - s.count
FROM (SELECT m.incident_id, p.minute, sum(p.count) AS count
      FROM part_tally AS p JOIN temp.mapping AS m ON m.part = p.part
      GROUP BY m.incident_id, p.minute) AS s
WHERE t.incident_id = s.incident_id AND t.minute = s.minute;

DELETE FROM part_affected WHERE part IN (SELECT part FROM temp.mapping);

DELETE FROM part_tally WHERE part IN (SELECT part FROM temp.mapping);

-- What it counts now is added.

UPDATE part AS p
SET count = m.count
FROM temp.mapping AS m
WHERE m.part = p.id;

UPDATE incident AS i
SET count = i.count + s.count
FROM (SELECT incident_id, sum(count) AS count
      FROM temp.mapping GROUP BY incident_id) AS s
WHERE s.incident_id = i.id AND i.state <> 'joined';

-- The state is that of who had the last word.
UPDATE incident AS i
SET state = m.state, resolved_at = m.resolved_at
FROM (SELECT incident_id, state, resolved_at, said_at,
             row_number() OVER (PARTITION BY incident_id
                                ORDER BY said_at DESC, life DESC) AS place
      FROM (SELECT *, max(last_seen, coalesce(resolved_at, 0)) AS said_at
            FROM temp.mapping WHERE state <> 'joined')) AS m
WHERE m.incident_id = i.id AND m.place = 1
  AND m.said_at >= max(i.last_seen, coalesce(i.resolved_at, 0))
  AND i.state <> 'joined';

UPDATE incident AS i
SET first_seen = min(i.first_seen, m.first_seen),
    last_seen = max(i.last_seen, m.last_seen)
FROM (SELECT incident_id, min(first_seen) AS first_seen,
             max(last_seen) AS last_seen
      FROM temp.mapping WHERE state <> 'joined' GROUP BY incident_id) AS m
WHERE m.incident_id = i.id AND i.state <> 'joined';

UPDATE incident AS i
SET approximate = max(i.approximate, json_extract(l.body, '$.approximate')),
    facts = json_patch(json_extract(l.body, '$.facts'), i.facts)
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number
WHERE m.incident_id = i.id AND m.state <> 'joined' AND i.state <> 'joined';

INSERT INTO affected (incident_id, namespace, pod, container, node, image,
                      first_seen, last_seen, count, recovered)
SELECT m.incident_id,
       json_extract(a.value, '$.namespace'), json_extract(a.value, '$.pod'),
       json_extract(a.value, '$.container'), json_extract(a.value, '$.node'),
       json_extract(a.value, '$.image'), json_extract(a.value, '$.first_seen'),
       json_extract(a.value, '$.last_seen'), json_extract(a.value, '$.count'),
       json_extract(a.value, '$.recovered')
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number,
     json_each(l.body, '$.affected') AS a
WHERE m.state <> 'joined'
ORDER BY m.number, a.id
ON CONFLICT (incident_id, pod, namespace, container, node, image) DO UPDATE
SET first_seen = min(first_seen, excluded.first_seen),
    recovered = CASE WHEN excluded.last_seen >= last_seen
                     THEN excluded.recovered ELSE recovered END,
    last_seen = max(last_seen, excluded.last_seen),
    count = count + excluded.count;

INSERT INTO part_affected (part, affected_id, count)
SELECT m.part, f.id, sum(json_extract(a.value, '$.count'))
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number,
     json_each(l.body, '$.affected') AS a
     JOIN affected AS f ON f.incident_id = m.incident_id
      AND f.pod = json_extract(a.value, '$.pod')
      AND f.namespace = json_extract(a.value, '$.namespace')
      AND f.container = json_extract(a.value, '$.container')
      AND f.node = json_extract(a.value, '$.node')
      AND f.image = json_extract(a.value, '$.image')
WHERE m.state <> 'joined'
GROUP BY m.part, f.id;

INSERT INTO part_tally (part, minute, count)
SELECT m.part, json_extract(t.value, '$.minute'),
       sum(json_extract(t.value, '$.count'))
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number,
     json_each(l.body, '$.tally') AS t
WHERE m.state <> 'joined'
GROUP BY m.part, json_extract(t.value, '$.minute');

INSERT INTO tally (incident_id, minute, count)
SELECT m.incident_id, p.minute, sum(p.count)
FROM part_tally AS p JOIN temp.mapping AS m ON m.part = p.part
WHERE true
GROUP BY m.incident_id, p.minute
ON CONFLICT (incident_id, minute) DO UPDATE SET count = count + excluded.count;

DELETE FROM tally
WHERE count <= 0 AND incident_id IN (SELECT incident_id FROM temp.mapping);

INSERT INTO sample (incident_id, seen_at, origin, line)
SELECT DISTINCT m.incident_id, json_extract(s.value, '$.seen_at'),
       json_extract(s.value, '$.origin'), json_extract(s.value, '$.line')
FROM temp.mapping AS m JOIN temp.incoming AS l ON l.number = m.number,
     json_each(l.body, '$.sample') AS s
WHERE m.state <> 'joined'
  AND NOT EXISTS (SELECT 1 FROM sample AS o
                  WHERE o.incident_id = m.incident_id
                    AND o.seen_at = json_extract(s.value, '$.seen_at')
                    AND o.origin = json_extract(s.value, '$.origin')
                    AND o.line = json_extract(s.value, '$.line'));

-- The first three and the last three stay; which they are must not hang on the
-- order in which files come.
DELETE FROM sample
WHERE id IN (
    SELECT id
    FROM (SELECT id,
                 row_number() OVER (PARTITION BY incident_id
                                    ORDER BY seen_at, origin, line) AS place,
                 row_number() OVER (PARTITION BY incident_id
                                    ORDER BY seen_at DESC, origin DESC,
                                             line DESC) AS place_back
          FROM sample
          WHERE incident_id IN (SELECT incident_id FROM temp.mapping))
    WHERE place > 3 AND place_back > 3);

-- What its only source folded into another one is folded here too.
UPDATE incident
SET state = 'joined', facts = '{}'
WHERE count = 0 AND state <> 'joined'
  AND id IN (SELECT incident_id FROM temp.mapping WHERE state = 'joined');

-- Their full text, as a flush writes it behind all rows.
INSERT INTO search (rowid, incident_id, body)
SELECT id * 2, incident_id, line
FROM sample AS s
WHERE incident_id IN (SELECT incident_id FROM temp.mapping)
  AND NOT EXISTS (SELECT 1 FROM search WHERE rowid = s.id * 2);

INSERT INTO search (rowid, incident_id, body)
SELECT id * 2 + 1, id,
       (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(facts))
FROM incident AS i
WHERE id IN (SELECT incident_id FROM temp.mapping)
  AND NOT EXISTS (SELECT 1 FROM search WHERE rowid = i.id * 2 + 1);
