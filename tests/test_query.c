/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/mem.h"
#include "scratch.h"
#include "store/db.h"
#include "store/query.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* A week in a cluster; times are written by hand and turned into numbers. */
static const char fixture[] =
    "CREATE TEMP TABLE i (id, key, life, cause, severity, registry,"
    " repository, tag, state, f, l, r, count, joined);"
    "INSERT INTO i VALUES"
    " (1, 'unauthorized|x', 1, 'unauthorized', 'error', 'x.azurecr.io',"
    "  'team/api', 'v1', 'resolved', '2026-11-10T10:00:00',"
    "  '2026-11-10T10:20:00', '2026-11-10T10:30:00', 10, NULL),"
    " (2, 'unauthorized|x', 2, 'unauthorized', 'error', 'x.azurecr.io',"
    "  'team/api', 'v1', 'open', '2026-11-23T14:00:05',"
    "  '2026-11-23T15:59:30', NULL, 120, NULL),"
    " (3, 'not-found|y', 1, 'not-found', 'error', 'docker.io',"
    "  'library/ngnix', 'latest', 'open', '2026-11-22T09:00:00',"
    "  '2026-11-23T09:00:00', NULL, 30, NULL),"
    " (4, 'unknown|z', 1, 'unknown', 'warning', 'quay.io', 'z', NULL,"
    "  'quiet', '2026-11-20T08:00:00', '2026-11-20T08:00:00', NULL, 2, NULL),"
    " (5, 'back-off|w', 1, 'back-off', 'warning', 'x.azurecr.io', NULL, NULL,"
    "  'joined', '2026-11-23T14:00:00', '2026-11-23T14:00:00', NULL, 0, 2),"
    " (6, 'dns|n2', 1, 'dns-no-answer', 'critical', NULL, NULL, NULL, 'open',"
    "  '2026-11-23T14:59:00', '2026-11-23T15:00:00', NULL, 5, NULL);"
    "INSERT INTO incident (id, key, life, cause, severity, scope, registry,"
    " repository, tag, image, state, first_seen, last_seen, resolved_at,"
    " count, joined_id, facts)"
    " SELECT id, key, life, cause, severity, 'image', registry, repository,"
    " tag, registry || '/' || repository || coalesce(':' || tag, ''), state,"
    " strftime('%s', f) * 1000000, strftime('%s', l) * 1000000,"
    " strftime('%s', r) * 1000000, count, joined, '{}' FROM i;"
    "INSERT INTO cause VALUES"
    " ('unauthorized', '401', 'ninsho', 'error', 'registry', 'permanent'),"
    " ('not-found', 'No tag', 'nashi', 'error', 'image', 'permanent'),"
    " ('unknown', 'Unknown', 'fumei', 'warning', 'image', 'either');"
    "INSERT INTO affected (incident_id, namespace, pod, container, node, image,"
    " first_seen, last_seen, count)"
    " SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), "
    "json_extract(value, '$[2]'), 'c', json_extract(value, '$[3]'), '',"
    " (SELECT first_seen FROM incident WHERE id = json_extract(value, '$[0]')),"
    " (SELECT last_seen FROM incident WHERE id = json_extract(value, '$[0]')), "
    "json_extract(value, '$[4]')"
    " FROM json_each('["
    "  [1, \"prod\", \"api-7d9c5b6f4-x2v5k\", \"n1\", 10],"
    "  [2, \"prod\", \"api-7d9c5b6f4-x2v5k\", \"n1\", 70],"
    "  [2, \"prod\", \"api-7d9c5b6f4-zz2zz\", \"n2\", 50],"
    "  [3, \"shop\", \"web-0\", \"n1\", 30],"
    "  [4, \"\", \"z\", \"\", 2], [6, \"\", \"\", \"n2\", 5]]');"
    "INSERT INTO tally SELECT json_extract(value, '$[0]'), strftime('%s', "
    "json_extract(value, '$[1]')) / 60,"
    " json_extract(value, '$[2]') FROM json_each('["
    "  [1, \"2026-11-10T10:00:00\", 10], [2, \"2026-11-23T14:00:00\", 40],"
    "  [2, \"2026-11-23T15:59:00\", 80], [3, \"2026-11-22T09:00:00\", 30],"
    "  [6, \"2026-11-23T15:00:00\", 5]]');"
    "INSERT INTO sample (incident_id, seen_at, origin, line)"
    " SELECT 4, last_seen, 'a.log', 'some riddle' FROM incident WHERE id = 4;"
    "INSERT INTO search (rowid, incident_id, body)"
    " SELECT id * 2, incident_id, line FROM sample;";

struct shelf {
    struct scratch *scratch;
    struct db *db;
    struct buf out;
};

static int
shelf_setup(void **state)
{
    struct shelf *shelf = MEM_NEW(struct shelf);
    struct fault fault = {0};
    void *scratch;
    if (scratch_setup(&scratch) != 0) {
        return -1;
    }
    shelf->scratch = scratch;
    const char *path = scratch_path(shelf->scratch, "history.db");
    struct db *writer = db_open(path, DB_WRITE, &fault);
    if (!writer
        || sqlite3_exec(db_handle(writer), fixture, NULL, NULL, NULL)
               != SQLITE_OK) {
        print_error("%s\n",
                    writer ? sqlite3_errmsg(db_handle(writer)) : fault.text);
        return -1;
    }
    db_close(writer);
    shelf->db = db_open(path, DB_READ, &fault);
    *state = shelf;
    return shelf->db ? 0 : -1;
}

static int
shelf_teardown(void **state)
{
    struct shelf *shelf = *state;
    void *scratch = shelf->scratch;
    db_close(shelf->db);
    buf_free(&shelf->out);
    mem_free(shelf);
    return scratch_teardown(&scratch);
}

/* A line a row: cells with | between, a NULL as -, a text in quotes. */
static bool
write_row(void *ctx, const struct query_row *row)
{
    struct buf *out = ctx;
    for (size_t i = 0; i < row->count; i++) {
        buf_add_text(out, i > 0 ? "|" : "");
        if (!row->cells) {
            buf_add(out, row->names[i]);
        } else if (!row->cells[i].data) {
            buf_add_text(out, "-");
        } else if (row->is_number[i]) {
            buf_add(out, row->cells[i]);
        } else {
            buf_print(out, "'%.*s'", SLICE_ARG(row->cells[i]));
        }
    }
    buf_add_byte(out, '\n');
    return true;
}

static bool
stop_at_once(void *ctx, const struct query_row *row)
{
    write_row(ctx, row);
    return false;
}

/* With `now` given, and one more parameter if it has a name. */
static const char *
answer(struct shelf *shelf, struct slice sql, const char *name,
       const char *value)
{
    struct fault fault = {0};
    const struct query_parameter parameters[] = {
        {SLICE("now"), SLICE("2026-11-23T16:00:00Z"), false},
        {slice_from(name), slice_from(value), false},
    };
    buf_clear(&shelf->out);
    const struct query_request request = {sql, parameters, name ? 2 : 1,
                                          write_row, &shelf->out};
    if (!query_run(shelf->db, &request, &fault)) {
        buf_print(&shelf->out, "fault: %s\n", fault.text);
    }
    return buf_string(&shelf->out);
}

/* The rows that a SELECT gives. */
static void
assert_answer(struct shelf *shelf, const char *sql, const char *expected)
{
    const char *got = answer(shelf, slice_from(sql), NULL, NULL);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s gives\n%s", sql, got);
    }
}

/* The rows that a ready query gives, with one more parameter if named. */
static void
assert_ready(struct shelf *shelf, const char *name, const char *parameter,
             const char *value, const char *expected)
{
    struct query query;
    assert_true(query_find(slice_from(name), &query));
    const char *got = answer(shelf, query.sql, parameter, value);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s (%s) gives\n%s", name, value ? value : "", got);
    }
}

static void
incidents_and_who_suffers(void **state)
{
    assert_answer(
        *state,
        "SELECT id, cause, title, title_ja, severity, state, class, count, "
        "pods, nodes, life FROM incidents ORDER BY id",
        "1|'unauthorized'|'401'|'ninsho'|'error'|'resolved'|'permanent'|10|1|1|"
        "1\n"
        "2|'unauthorized'|'401'|'ninsho'|'error'|'open'|'permanent'|120|2|2|2\n"
        "3|'not-found'|'No tag'|'nashi'|'error'|'open'|'permanent'|30|1|1|1\n"
        "4|'unknown'|'Unknown'|'fumei'|'warning'|'quiet'|'either'|2|1|0|1\n"
        "6|'dns-no-answer'|'dns-no-answer'|'dns-no-answer'|'critical'|'open'|-|"
        "5|0|1|1\n");
    assert_answer(
        *state,
        "SELECT registry, repository, tag, image, first_seen, last_seen, "
        "resolved_at, approximate, also FROM incidents WHERE id IN (1, 6)",
        "'x.azurecr.io'|'team/api'|'v1'|'x.azurecr.io/team/"
        "api:v1'|'2026-11-10T10:00:00Z'|'2026-11-10T10:20:00Z'|'2026-11-10T10:"
        "30:00Z'|0|-\n"
        "-|-|-|-|'2026-11-23T14:59:00Z'|'2026-11-23T15:00:00Z'|-|0|-\n");
    assert_answer(*state, "SELECT id FROM open_incidents",
                  "6\n"
                  "2\n"
                  "3\n");
    assert_answer(*state,
                  "SELECT incident, cause, image, namespace, pod, node, "
                  "workload, count FROM affected_pods ORDER BY incident, pod",
                  "1|'unauthorized'|'x.azurecr.io/team/"
                  "api:v1'|'prod'|'api-7d9c5b6f4-x2v5k'|'n1'|'api'|10\n"
                  "2|'unauthorized'|'x.azurecr.io/team/"
                  "api:v1'|'prod'|'api-7d9c5b6f4-x2v5k'|'n1'|'api'|70\n"
                  "2|'unauthorized'|'x.azurecr.io/team/"
                  "api:v1'|'prod'|'api-7d9c5b6f4-zz2zz'|'n2'|'api'|50\n"
                  "3|'not-found'|'docker.io/library/"
                  "ngnix:latest'|'shop'|'web-0'|'n1'|'web'|30\n"
                  "4|'unknown'|'quay.io/z'|-|'z'|-|'z'|2\n"
                  "6|'dns-no-answer'|-|-|-|'n2'|-|5\n");
    assert_answer(*state, "SELECT * FROM evidence",
                  "1|4|'unknown'|'quay.io'|'2026-11-20T08:00:00Z'|'a.log'|'"
                  "some riddle'\n");
}

static void
views_that_add_up(void **state)
{
    assert_answer(*state, "SELECT time, incident, event, count FROM timeline",
                  "'2026-11-10T10:00:00Z'|1|'opened'|-\n"
                  "'2026-11-10T10:00:00Z'|1|'seen'|10\n"
                  "'2026-11-10T10:30:00Z'|1|'resolved'|-\n"
                  "'2026-11-20T08:00:00Z'|4|'opened'|-\n"
                  "'2026-11-22T09:00:00Z'|3|'opened'|-\n"
                  "'2026-11-22T09:00:00Z'|3|'seen'|30\n"
                  "'2026-11-23T14:00:05Z'|2|'opened'|-\n"
                  "'2026-11-23T14:00:00Z'|2|'seen'|40\n"
                  "'2026-11-23T14:59:00Z'|6|'opened'|-\n"
                  "'2026-11-23T15:00:00Z'|6|'seen'|5\n"
                  "'2026-11-23T15:59:00Z'|2|'seen'|80\n");
    assert_answer(*state, "SELECT * FROM by_registry",
                  "'x.azurecr.io'|2|1|130|2|'unauthorized'|'2026-11-10T10:00:"
                  "00Z'|'2026-11-23T15:59:30Z'\n"
                  "'docker.io'|1|1|30|1|'not-found'|'2026-11-22T09:00:00Z'|'"
                  "2026-11-23T09:00:00Z'\n"
                  "-|1|1|5|0|'dns-no-answer'|'2026-11-23T14:59:00Z'|'2026-11-"
                  "23T15:00:00Z'\n"
                  "'quay.io'|1|0|2|1|'unknown'|'2026-11-20T08:00:00Z'|'2026-11-"
                  "20T08:00:00Z'\n");
    assert_answer(*state, "SELECT * FROM by_node",
                  "'n1'|3|2|110|2|'unauthorized,not-found'|'2026-11-10T10:00:"
                  "00Z'|'2026-11-23T15:59:30Z'\n"
                  "'n2'|2|2|55|1|'unauthorized,dns-no-answer'|'2026-11-23T14:"
                  "00:05Z'|'2026-11-23T15:59:30Z'\n");
    assert_answer(*state, "SELECT * FROM by_workload",
                  "'prod'|'api'|2|1|130|2|'unauthorized'|'2026-11-10T10:00:00Z'"
                  "|'2026-11-23T15:59:30Z'\n"
                  "'shop'|'web'|1|1|30|1|'not-found'|'2026-11-22T09:00:00Z'|'"
                  "2026-11-23T09:00:00Z'\n"
                  "-|'z'|1|0|2|1|'unknown'|'2026-11-20T08:00:00Z'|"
                  "'2026-11-20T08:00:00Z'\n");
    assert_answer(*state, "SELECT * FROM time_to_resolve",
                  "1|'unauthorized'|'401'|'error'|'x.azurecr.io'|'team/"
                  "api'|'2026-11-10T10:00:00Z'|'2026-11-10T10:30:00Z'|1800\n");
}

static void
ready_queries_about_incidents(void **state)
{
    assert_ready(
        *state, "open", NULL, NULL,
        "6|'critical'|'dns-no-answer'|'dns-no-answer'|-|-|0|1|5|'2026-11-23T14:"
        "59:00Z'|'2026-11-23T15:00:00Z'\n"
        "2|'error'|'unauthorized'|'401'|'x.azurecr.io'|'x.azurecr.io/team/"
        "api:v1'|2|2|120|'2026-11-23T14:00:05Z'|'2026-11-23T15:59:30Z'\n"
        "3|'error'|'not-found'|'No "
        "tag'|'docker.io'|'docker.io/library/"
        "ngnix:latest'|1|1|30|'2026-11-22T09:00:00Z'|'2026-11-23T09:00:00Z'\n");
    assert_ready(
        *state, "last-day", NULL, NULL,
        "2|'open'|'error'|'unauthorized'|'401'|'x.azurecr.io'|'x.azurecr.io/"
        "team/api:v1'|2|120|'2026-11-23T14:00:05Z'|'2026-11-23T15:59:30Z'|-\n"
        "6|'open'|'critical'|'dns-no-answer'|'dns-no-answer'|-|-|0|5|'2026-11-"
        "23T14:59:00Z'|'2026-11-23T15:00:00Z'|-\n"
        "3|'open'|'error'|'not-found'|'No "
        "tag'|'docker.io'|'docker.io/library/"
        "ngnix:latest'|1|30|'2026-11-22T09:00:00Z'|'2026-11-23T09:00:00Z'|-\n");
    assert_ready(
        *state, "flapping", NULL, NULL,
        "'unauthorized'|'x.azurecr.io'|'team/"
        "api'|2|130|1|'2026-11-10T10:00:00Z'|'2026-11-23T15:59:30Z'\n");
    assert_ready(*state, "time-to-resolve", NULL, NULL,
                 "'unauthorized'|'401'|1|30.0|30.0|30.0\n");
    assert_ready(*state, "new-causes", NULL, NULL,
                 "'dns-no-answer'|'dns-no-answer'|'2026-11-23T14:59:00Z'|1|5\n"
                 "'not-found'|'No tag'|'2026-11-22T09:00:00Z'|1|30\n"
                 "'unknown'|'Unknown'|'2026-11-20T08:00:00Z'|1|2\n");
    assert_ready(*state, "unknown", NULL, NULL,
                 "4|'quay.io'|'quay.io/"
                 "z'|2|'2026-11-20T08:00:00Z'|'a.log'|'some riddle'\n");
}

static void
ready_queries_about_places(void **state)
{
    assert_ready(
        *state, "top-registries", NULL, NULL,
        "'x.azurecr.io'|2|1|130|'unauthorized'|'2026-11-23T15:59:30Z'\n"
        "'docker.io'|1|1|30|'not-found'|'2026-11-23T09:00:00Z'\n"
        "'quay.io'|1|0|2|'unknown'|'2026-11-20T08:00:00Z'\n");
    assert_ready(*state, "by-namespace", NULL, NULL,
                 "'prod'|2|1|2|130|'unauthorized'|'2026-11-23T15:59:30Z'\n"
                 "'shop'|1|1|1|30|'not-found'|'2026-11-23T09:00:00Z'\n"
                 "-|2|1|1|7|'unknown,dns-no-answer'|"
                 "'2026-11-23T15:00:00Z'\n");
    assert_ready(
        *state, "by-node", NULL, NULL,
        "'n1'|3|2|2|110|'unauthorized,not-found'|'2026-11-23T15:59:30Z'\n"
        "'n2'|2|2|1|55|'unauthorized,dns-no-answer'|'2026-11-23T15:59:30Z'\n");
    assert_ready(
        *state, "by-workload", NULL, NULL,
        "'prod'|'api'|2|1|2|130|'unauthorized'|'2026-11-23T15:59:30Z'\n"
        "'shop'|'web'|1|1|1|30|'not-found'|'2026-11-23T09:00:00Z'\n"
        "-|'z'|1|0|1|2|'unknown'|'2026-11-20T08:00:00Z'\n");
    assert_ready(*state, "busiest-hours", NULL, NULL,
                 "'2026-11-23T15:00:00Z'|85|2\n"
                 "'2026-11-23T14:00:00Z'|40|1\n"
                 "'2026-11-22T09:00:00Z'|30|1\n"
                 "'2026-11-10T10:00:00Z'|10|1\n");
}

static void
ready_queries_since_a_moment(void **state)
{
    assert_ready(
        *state, "open", "since", "2h",
        "6|'critical'|'dns-no-answer'|'dns-no-answer'|-|-|0|1|5|'2026-11-23T14:"
        "59:00Z'|'2026-11-23T15:00:00Z'\n"
        "2|'error'|'unauthorized'|'401'|'x.azurecr.io'|'x.azurecr.io/team/"
        "api:v1'|2|2|120|'2026-11-23T14:00:05Z'|'2026-11-23T15:59:30Z'\n");
    assert_ready(*state, "open", "since", "soon",
                 "fault: SQL: since: 'soon' is neither a span such as 90m or "
                 "7d nor a moment such as 2026-11-23T16:00:00Z\n");
    assert_ready(
        *state, "last-day", "since", "14d",
        "2|'open'|'error'|'unauthorized'|'401'|'x.azurecr.io'|'x.azurecr.io/"
        "team/api:v1'|2|120|'2026-11-23T14:00:05Z'|'2026-11-23T15:59:30Z'|-\n"
        "6|'open'|'critical'|'dns-no-answer'|'dns-no-answer'|-|-|0|5|'2026-11-"
        "23T14:59:00Z'|'2026-11-23T15:00:00Z'|-\n"
        "3|'open'|'error'|'not-found'|'No "
        "tag'|'docker.io'|'docker.io/library/"
        "ngnix:latest'|1|30|'2026-11-22T09:00:00Z'|'2026-11-23T09:00:00Z'|-\n"
        "4|'quiet'|'warning'|'unknown'|'Unknown'|'quay.io'|'quay.io/"
        "z'|1|2|'2026-11-20T08:00:00Z'|'2026-11-20T08:00:00Z'|-\n"
        "1|'resolved'|'error'|'unauthorized'|'401'|'x.azurecr.io'|'x.azurecr."
        "io/team/"
        "api:v1'|1|10|'2026-11-10T10:00:00Z'|'2026-11-10T10:20:00Z'|'2026-11-"
        "10T10:30:00Z'\n");
    assert_ready(*state, "by-namespace", "since", "1h",
                 "'prod'|1|1|2|120|'unauthorized'|'2026-11-23T15:59:30Z'\n"
                 "-|1|1|0|5|'dns-no-answer'|'2026-11-23T15:00:00Z'\n");
    assert_ready(
        *state, "by-workload", "since", "2026-11-23",
        "'prod'|'api'|1|1|2|120|'unauthorized'|'2026-11-23T15:59:30Z'\n"
        "'shop'|'web'|1|1|1|30|'not-found'|'2026-11-23T09:00:00Z'\n");
    assert_ready(*state, "new-causes", "since", "2d",
                 "'dns-no-answer'|'dns-no-answer'|'2026-11-23T14:59:00Z'|1|5\n"
                 "'not-found'|'No tag'|'2026-11-22T09:00:00Z'|1|30\n");
    assert_ready(*state, "time-to-resolve", "since", "1h",
                 "cause|title|resolved|average_minutes|shortest_minutes|"
                 "longest_minutes\n");
}

static void
ready_queries_of_a_registry(void **state)
{
    assert_ready(
        *state, "open", "registry", "docker.io",
        "3|'error'|'not-found'|'No "
        "tag'|'docker.io'|'docker.io/library/"
        "ngnix:latest'|1|1|30|'2026-11-22T09:00:00Z'|'2026-11-23T09:00:00Z'\n");
    assert_ready(*state, "open", "registry", "x' OR '1'='1",
                 "id|severity|cause|title|registry|image|pods|nodes|count|"
                 "first_seen|last_seen\n");
    assert_ready(
        *state, "top-registries", "limit", "1",
        "'x.azurecr.io'|2|1|130|'unauthorized'|'2026-11-23T15:59:30Z'\n");
    assert_ready(*state, "by-node", "registry", "docker.io",
                 "'n1'|1|1|1|30|'not-found'|'2026-11-23T09:00:00Z'\n");
    assert_ready(*state, "by-registry", "registry", "docker.io",
                 "'docker.io'|1|1|30|1|'not-found'|'2026-11-23T09:00:00Z'\n");
    assert_ready(
        *state, "by-registry", "since", "2d",
        "'x.azurecr.io'|1|1|120|2|'unauthorized'|'2026-11-23T15:59:30Z'\n"
        "'docker.io'|1|1|30|1|'not-found'|'2026-11-23T09:00:00Z'\n"
        "-|1|1|5|0|'dns-no-answer'|'2026-11-23T15:00:00Z'\n");
    assert_ready(*state, "busiest-hours", "limit", "1",
                 "'2026-11-23T15:00:00Z'|85|2\n");
    assert_ready(
        *state, "flapping", "registry", "docker.io",
        "cause|registry|repository|lives|count|open|first_seen|last_seen\n");
    assert_ready(*state, "unknown", "registry", "docker.io",
                 "id|registry|image|count|seen_at|origin|line\n");
}

/* A misspelt filter would answer for everything. */
static void
a_parameter_that_none_has_is_refused(void **state)
{
    static const struct {
        const char *sql;
        const char *expected;
    } cases[] = {
        {"SELECT :a; SELECT :b", ""},
        {"SELECT :x, :y; SELECT :z",
         "the query has no parameter 'b'; it has: x, y, z"},
        {"SELECT 1", "the query has no parameter 'b'"},
    };
    struct shelf *shelf = *state;
    const struct query_parameter given = {SLICE("b"), SLICE("1"), true};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fault fault = {0};
        buf_clear(&shelf->out);
        const struct query_request request = {slice_from(cases[i].sql), &given,
                                              1, write_row, &shelf->out};
        bool is_fine = query_run(shelf->db, &request, &fault);
        assert_int_equal(is_fine, cases[i].expected[0] == '\0');
        assert_string_equal(fault.text, cases[i].expected);
        assert_int_equal(shelf->out.len > 0, is_fine);
    }
}

static void
every_ready_query_is_listed(void **state)
{
    static const char *const names[] = {
        "busiest-hours", "by-namespace",    "by-node",        "by-registry",
        "by-workload",   "flapping",        "last-day",       "new-causes",
        "open",          "time-to-resolve", "top-registries", "unknown",
    };

    struct query query;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(query_at(i, &query));
        assert_true(slice_equal(query.name, slice_from(names[i])));
        assert_true(query.about.len > 20 && query.about.len < 100);
        assert_true(query.about.data[0] != '-');
        assert_int_equal(query.about.data[query.about.len - 1], '.');
        /* Without `now`, and as every parameter is NULL. */
        struct fault fault = {0};
        struct shelf *shelf = *state;
        const struct query_request request = {query.sql, NULL, 0, write_row,
                                              &shelf->out};
        if (!query_run(shelf->db, &request, &fault)) {
            fail_msg("%s: %s", names[i], fault.text);
        }
    }
    assert_false(query_at(COUNT(names), &query));
    assert_false(query_find(SLICE("by"), &query));
}

static void
faults_say_where_and_what(void **state)
{
    static const struct {
        const char *sql;
        const char *expected;
    } cases[] = {
        {"SELECT 1;\n\n  SELECT x FROM incidents",
         "fault: SQL, line 3, column 10: no such column: x\n"},
        {"SELEC 1",
         "fault: SQL, line 1, column 1: near \"SELEC\": syntax error\n"},
        {"SELECT '\xe3\x81\x82', count(* FROM incidents",
         "fault: SQL, line 1, column 21: near \"FROM\": syntax error\n"},
        {"SELECT 1 FROM\n  (SELECT",
         "fault: SQL, line 1, column 1: incomplete input\n"},
        {"SELECT since('x', 1)",
         "fault: SQL: since: 'x' is neither a span such as 90m or 7d nor a "
         "moment such as 2026-11-23T16:00:00Z\n"},
        {"SELECT load_extension('x')",
         "fault: SQL, line 1, column 8: not authorized to use function: "
         "load_extension\n"},
    };

    if (sqlite3_libversion_number() < 3038000) {
        return; /* it does not tell where */
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = answer(*state, slice_from(cases[i].sql), NULL, NULL);
        /* What came before the fault was already answered. */
        const char *fault = strstr(got, "fault: ");
        assert_string_equal(fault ? fault : got, cases[i].expected);
    }
    assert_string_equal(answer(*state, SLICE("SELECT 1\0 FROM x"), NULL, NULL),
                        "fault: SQL: there is a NUL in it\n");
}

static void
what_would_write_is_refused(void **state)
{
    static const char *const attempts[] = {
        "DELETE FROM incident",
        "SELECT 1; INSERT INTO tally VALUES (1, 2, 3)",
        "ATTACH 'x.db' AS x",
        "PRAGMA query_only = 0",
        "PRAGMA user_version = 6",
        "CREATE TEMP TABLE t (x)",
        "VACUUM INTO '/dev/null/x'",
        "BEGIN",
    };

    struct shelf *shelf = *state;
    struct fault fault = {0};
    for (size_t i = 0; i < COUNT(attempts); i++) {
        const char *got = answer(shelf, slice_from(attempts[i]), NULL, NULL);
        if (!strstr(got, "fault: the history is open for reading only")
            || !strstr(got, shelf->scratch->path)) {
            fail_msg("%s gives %s", attempts[i], got);
        }
    }
    /* Not even through a handle that may write. */
    struct db *writer = db_open(shelf->scratch->path, DB_WRITE, &fault);
    assert_non_null(writer);
    const struct query_request request = {SLICE("DELETE FROM incident"), NULL,
                                          0, write_row, &shelf->out};
    assert_false(query_run(writer, &request, &fault));
    assert_int_equal(fault.kind, FAULT_USAGE);
    db_close(writer);
    assert_string_equal(
        answer(shelf, SLICE("SELECT count(*) FROM incident"), NULL, NULL),
        "6\n");
}

static void
runs_all_statements_with_their_parameters(void **state)
{
    static const struct {
        const char *sql;
        const char *expected;
    } cases[] = {
        {"SELECT :x, @x, $x, :y, ?", "'a''b;--'|'a''b;--'|'a''b;--'|-|-\n"},
        {"SELECT 1, 2.5, '', NULL, x'4142'; -- done\n;\n", "1|2.5|''|-|'AB'\n"},
        {"SELECT 1 AS one; SELECT 2 AS two WHERE 0;", "1\ntwo\n"},
        {"", ""},
        {" -- nothing\n", ""},
        {"PRAGMA user_version", "5\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(
            answer(*state, slice_from(cases[i].sql), "x", "a''b;--"),
            cases[i].expected);
    }
    assert_answer(*state,
                  "SELECT count(*) FROM evidence WHERE id IN (SELECT rowid / 2 "
                  "FROM search WHERE search MATCH 'riddle' AND rowid % 2 = 0)",
                  "1\n");
}

static void
the_sink_may_stop(void **state)
{
    struct shelf *shelf = *state;
    struct fault fault = {0};
    const struct query_request request = {
        SLICE("SELECT 1 UNION SELECT 2; SELECT 3"), NULL, 0, stop_at_once,
        &shelf->out};
    assert_true(query_run(shelf->db, &request, &fault));
    assert_string_equal(buf_string(&shelf->out), "1\n");
}

#define ON_SHELF(test) \
    cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(incidents_and_who_suffers),
        ON_SHELF(views_that_add_up),
        ON_SHELF(ready_queries_about_incidents),
        ON_SHELF(ready_queries_about_places),
        ON_SHELF(ready_queries_since_a_moment),
        ON_SHELF(ready_queries_of_a_registry),
        ON_SHELF(every_ready_query_is_listed),
        ON_SHELF(faults_say_where_and_what),
        ON_SHELF(a_parameter_that_none_has_is_refused),
        ON_SHELF(what_would_write_is_refused),
        ON_SHELF(runs_all_statements_with_their_parameters),
        ON_SHELF(the_sink_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
