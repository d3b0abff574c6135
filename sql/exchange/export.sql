-- All lines of an export, in one statement so that they are of one moment: the
-- head; an incident a line, the oldest first; the end, without which something
-- is missing. What was folded into another incident is told too, so that whoever
-- has it folds it as well.
SELECT line
FROM (
SELECT 0 AS part, 0 AS at, 0 AS id,
       json_object('pullwhy', 'history', 'schema', 1,
                   'id', (SELECT id FROM self),
                   'exported_at', :now,
                   'members', json((SELECT json_group_array(id)
                                    FROM (SELECT id FROM source
                                          UNION SELECT id FROM member
                                          ORDER BY id)))) AS line
UNION ALL
SELECT 1, first_seen, id, json_object(
    'key', key, 'life', life, 'cause', cause, 'severity', severity,
    'scope', scope, 'registry', registry, 'repository', repository,
    'tag', tag, 'digest', digest, 'image', image, 'vendor', vendor,
    'state', state, 'first_seen', first_seen, 'last_seen', last_seen,
    'resolved_at', resolved_at, 'count', count, 'approximate', approximate,
    'also', also, 'facts', json(facts),
    'affected', json((
        SELECT json_group_array(json_object(
            'namespace', namespace, 'pod', pod, 'container', container,
            'node', node, 'image', image, 'first_seen', first_seen,
            'last_seen', last_seen, 'count', count, 'recovered', recovered))
        FROM (SELECT * FROM affected WHERE incident_id = i.id ORDER BY id))),
    'tally', json((
        SELECT json_group_array(json_object('minute', minute, 'count', count))
        FROM (SELECT * FROM tally WHERE incident_id = i.id ORDER BY minute))),
    'sample', json((
        SELECT json_group_array(json_object('seen_at', seen_at,
                                            'origin', origin, 'line', line))
        FROM (SELECT * FROM sample WHERE incident_id = i.id
              ORDER BY seen_at, id))))
FROM incident AS i
UNION ALL
SELECT 2, 0, 0, json_object('end', json('true'),
                            'incidents', (SELECT count(*) FROM incident))
)
ORDER BY part, at, id;
