-- The public interface of a history. Names and meanings of columns stay; new
-- ones may be added. Times are RFC 3339 in UTC, or NULL where there is none.
-- The views are made anew whenever a migration runs, so a change here comes
-- with a migration (it may hold nothing but the new user_version).

DROP VIEW IF EXISTS time_to_resolve;
DROP VIEW IF EXISTS by_workload;
DROP VIEW IF EXISTS by_node;
DROP VIEW IF EXISTS by_registry;
DROP VIEW IF EXISTS timeline;
DROP VIEW IF EXISTS evidence;
DROP VIEW IF EXISTS affected_pods;
DROP VIEW IF EXISTS open_incidents;
DROP VIEW IF EXISTS incidents;

-- Every trouble there was, one row per life of it. `pods` and `nodes` count
-- those that are known by name; `approximate` is 1 if the times are estimates;
-- `facts` is JSON.
CREATE VIEW incidents AS
SELECT i.id,
       i.cause,
       coalesce(c.title_en, i.cause) AS title,
       coalesce(c.title_ja, i.cause) AS title_ja,
       i.severity,
       i.state,
       i.scope,
       c.class,
       i.registry,
       i.repository,
       i.tag,
       i.digest,
       i.image,
       i.vendor,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.first_seen / 1000000, 'unixepoch')
           AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.last_seen / 1000000, 'unixepoch')
           AS last_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.resolved_at / 1000000, 'unixepoch')
           AS resolved_at,
       i.count,
       (SELECT count(*)
        FROM (SELECT DISTINCT namespace, pod FROM affected
              WHERE incident_id = i.id AND pod <> '')) AS pods,
       (SELECT count(DISTINCT node) FROM affected
        WHERE incident_id = i.id AND node <> '') AS nodes,
       i.approximate,
       nullif(i.also, '') AS also,
       i.key,
       i.life,
       i.facts
FROM incident AS i LEFT JOIN cause AS c ON c.slug = i.cause
WHERE i.state <> 'joined';

-- What is wrong now, the worst first.
CREATE VIEW open_incidents AS
SELECT * FROM incidents
WHERE state = 'open'
ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'error' THEN 1
                       WHEN 'warning' THEN 2 ELSE 3 END,
         last_seen DESC, id;

-- Who suffers from which incident. `workload` is the pod's name without what
-- its controller put behind it, as well as a name alone can tell:
--   NAME-HASH-RANDOM  ReplicaSet    NAME-NUMBER         StatefulSet
--   NAME-RANDOM       DaemonSet     NAME-TIME-RANDOM    Job of a CronJob
--   NAME-NODE         static pod
-- RANDOM is five of Kubernetes' letters; HASH, which encodes a decimal number,
-- only has ten of them.
CREATE VIEW affected_pods AS
WITH pod_name AS (
    SELECT a.*, pod GLOB
        '?*-[2-9b-df-hj-np-tv-xz][2-9b-df-hj-np-tv-xz][2-9b-df-hj-np-tv-xz]'
        || '[2-9b-df-hj-np-tv-xz][2-9b-df-hj-np-tv-xz]' AS is_random
    FROM affected AS a
), stem AS (
    SELECT *, CASE WHEN is_random THEN substr(pod, 1, length(pod) - 6)
                   ELSE pod END AS name
    FROM pod_name
), trimmed AS (
    SELECT *, rtrim(name, '456789bcdf') AS hashless,
           rtrim(name, '0123456789') AS numberless
    FROM stem
)
SELECT t.incident_id AS incident,
       i.cause,
       i.severity,
       i.state,
       i.registry,
       coalesce(nullif(t.image, ''), i.image) AS image,
       nullif(t.namespace, '') AS namespace,
       nullif(t.pod, '') AS pod,
       nullif(t.container, '') AS container,
       nullif(t.node, '') AS node,
       nullif(CASE
           WHEN t.node <> '' AND length(t.pod) > length(t.node) + 1
                AND substr(t.pod, -length(t.node) - 1) = '-' || t.node
               THEN substr(t.pod, 1, length(t.pod) - length(t.node) - 1)
           WHEN t.is_random AND t.hashless GLOB '?*-'
                AND length(t.name) - length(t.hashless) BETWEEN 6 AND 10
               THEN substr(t.hashless, 1, length(t.hashless) - 1)
           WHEN t.is_random AND t.numberless GLOB '?*-'
                AND length(t.name) - length(t.numberless) BETWEEN 7 AND 10
               THEN substr(t.numberless, 1, length(t.numberless) - 1)
           WHEN NOT t.is_random AND t.numberless GLOB '?*-'
                AND length(t.name) > length(t.numberless)
               THEN substr(t.numberless, 1, length(t.numberless) - 1)
           ELSE t.name
       END, '') AS workload,
       strftime('%Y-%m-%dT%H:%M:%SZ', t.first_seen / 1000000, 'unixepoch')
           AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', t.last_seen / 1000000, 'unixepoch')
           AS last_seen,
       t.count,
       t.recovered
FROM trimmed AS t JOIN incident AS i ON i.id = t.incident_id
WHERE i.state <> 'joined';

-- The redacted lines that were kept, oldest first. To search them:
--   SELECT * FROM evidence WHERE id IN
--       (SELECT rowid / 2 FROM search WHERE search MATCH 'timeout'
--        AND rowid % 2 = 0)
CREATE VIEW evidence AS
SELECT s.id,
       s.incident_id AS incident,
       i.cause,
       i.registry,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.seen_at / 1000000, 'unixepoch')
           AS seen_at,
       s.origin,
       s.line
FROM sample AS s JOIN incident AS i ON i.id = s.incident_id
ORDER BY s.seen_at, s.id;

-- What happened when: `event` is 'opened', 'seen' (`count` lines in the minute
-- that begins at `time`) or 'resolved'.
CREATE VIEW timeline AS
WITH happening AS (
    SELECT first_seen AS at, 0 AS step, id, 'opened' AS event, NULL AS count
    FROM incident
    UNION ALL
    SELECT minute * 60000000, 1, incident_id, 'seen', count FROM tally
    UNION ALL
    SELECT resolved_at, 2, id, 'resolved', NULL
    FROM incident WHERE resolved_at IS NOT NULL
)
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', h.at / 1000000, 'unixepoch') AS time,
       h.id AS incident,
       i.cause,
       i.registry,
       i.repository,
       h.event,
       h.count
FROM happening AS h JOIN incident AS i ON i.id = h.id
WHERE i.state <> 'joined'
-- An incident opens within the minute of its first tally.
ORDER BY CASE h.step WHEN 0 THEN h.at / 60000000 * 60000000 ELSE h.at END,
         h.step, h.id;

-- Which registry gives how much trouble, the one with most lines first. The
-- registry is NULL for trouble that belongs to none.
CREATE VIEW by_registry AS
SELECT i.registry,
       count(*) AS incidents,
       sum(i.state = 'open') AS open,
       sum(i.count) AS count,
       (SELECT count(*)
        FROM (SELECT DISTINCT p.namespace, p.pod FROM affected_pods AS p
              WHERE p.registry IS i.registry AND p.pod IS NOT NULL)) AS pods,
       group_concat(DISTINCT i.cause) AS causes,
       min(i.first_seen) AS first_seen,
       max(i.last_seen) AS last_seen
FROM incidents AS i
GROUP BY i.registry
ORDER BY count DESC, i.registry;

-- Which node suffers how much.
CREATE VIEW by_node AS
SELECT node,
       count(DISTINCT incident) AS incidents,
       count(DISTINCT CASE WHEN state = 'open' THEN incident END) AS open,
       sum(count) AS count,
       count(DISTINCT coalesce(namespace, '') || '/' || pod) AS pods,
       group_concat(DISTINCT cause) AS causes,
       min(first_seen) AS first_seen,
       max(last_seen) AS last_seen
FROM affected_pods
WHERE node IS NOT NULL
GROUP BY node
ORDER BY count DESC, node;

-- Which workload suffers how much.
CREATE VIEW by_workload AS
SELECT namespace,
       workload,
       count(DISTINCT incident) AS incidents,
       count(DISTINCT CASE WHEN state = 'open' THEN incident END) AS open,
       sum(count) AS count,
       count(DISTINCT pod) AS pods,
       group_concat(DISTINCT cause) AS causes,
       min(first_seen) AS first_seen,
       max(last_seen) AS last_seen
FROM affected_pods
WHERE workload IS NOT NULL
GROUP BY namespace, workload
ORDER BY count DESC, namespace, workload;

-- How long each incident that is over lasted.
CREATE VIEW time_to_resolve AS
SELECT i.id,
       i.cause,
       i.title,
       i.severity,
       i.registry,
       i.repository,
       i.first_seen,
       i.resolved_at,
       (n.resolved_at - n.first_seen) / 1000000 AS seconds
FROM incidents AS i JOIN incident AS n ON n.id = i.id
WHERE n.state = 'resolved' AND n.resolved_at IS NOT NULL
ORDER BY n.resolved_at DESC, i.id;
