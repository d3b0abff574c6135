SELECT fact.key, fact.value
FROM incident AS i, json_each(i.facts) AS fact
WHERE i.id = :incident AND fact.type = 'text';
