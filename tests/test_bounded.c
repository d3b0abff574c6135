/* SPDX-License-Identifier: Apache-2.0 */
/* More incidents than there is room for, on a real history. */
#include "base/mem.h"
#include "river.h"
#include "text.h"

#include <sqlite3.h>

#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 8, /* incidents in memory */
    IMAGES = 60,
};

static uint64_t
random_below(uint64_t *seed, uint64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (*seed >> 33) % limit;
}

static void
add_stamp(struct buf *text, int at)
{
    buf_print(text, "time=\"2026-11-23T%02d:%02d:%02d.000001Z\" ",
              8 + at / 3600, at / 60 % 60, at % 60);
}

/* Behind each line, as one may go on until the next begins. */
static void
add_noise(struct buf *text, int at)
{
    add_stamp(text, at);
    buf_add_text(text, "level=info msg=idle\n");
}

static void
add_failure(struct buf *text, int at, int image)
{
    add_stamp(text, at);
    buf_print(text,
              "level=error msg=\"PullImage \\\"x.azurecr.io/a%d:1\\\" "
              "failed\" error=\"rpc error: code = NotFound desc = failed to "
              "pull and unpack image \\\"x.azurecr.io/a%d:1\\\": failed to "
              "resolve reference \\\"x.azurecr.io/a%d:1\\\": "
              "x.azurecr.io/a%d:1: not found\"\n",
              image, image, image, image);
    add_noise(text, at);
}

static void
add_success(struct buf *text, int at, int image)
{
    add_stamp(text, at);
    buf_print(text,
              "level=info msg=\"PullImage \\\"x.azurecr.io/a%d:1\\\" returns "
              "image reference \\\"sha256:0123\\\"\"\n",
              image);
    add_noise(text, at);
}

/* An event of the API server, which may be told again and again. */
static void
add_event(struct buf *text, int at, int image, int count)
{
    buf_print(
        text,
        "{\"kind\":\"Event\",\"metadata\":{\"uid\":\"uid-%d\",\"namespace\":"
        "\"shop\"},\"involvedObject\":{\"kind\":\"Pod\",\"namespace\":\"shop\","
        "\"name\":\"e%d\"},\"reason\":\"Failed\",\"type\":\"Warning\","
        "\"count\":%d,\"lastTimestamp\":\"2026-11-23T%02d:%02d:%02dZ\","
        "\"message\":\"Failed to pull image \\\"y.azurecr.io/e%d:1\\\": rpc "
        "error: code = NotFound desc = failed to pull and unpack image "
        "\\\"y.azurecr.io/e%d:1\\\": failed to resolve reference "
        "\\\"y.azurecr.io/e%d:1\\\": y.azurecr.io/e%d:1: not found\"}\n",
        image, image, count, 8 + at / 3600, at / 60 % 60, at % 60, image, image,
        image, image);
    add_noise(text, at);
}

static size_t
line_len(struct slice text)
{
    return slice_find_byte(text, '\n') + 1;
}

static void
start(struct run *run, struct world *world, const char *db)
{
    river_start(run, world, db);
    roster_limit(ledger_roster(run->ledger), ROOM, 1000);
}

/* Line by line, with a look at the table behind each. */
static void
feed(struct run *run, struct slice text)
{
    while (text.len > 0) {
        size_t len = line_len(text);
        pipeline_feed(run->pipeline, run->origin, slice_before(text, len),
                      INT64_C(1795449600) * STAMP_SECOND);
        pipeline_make_room(run->pipeline);
        assert_true(ledger_count(run->ledger) <= ROOM + 1);
        text = slice_after(text, len);
    }
}

static void
assert_rows(struct world *world, const char *db, const char *query,
            const char *expected)
{
    struct sqlite3 *look = NULL;
    struct sqlite3_stmt *statement = NULL;
    struct buf told = {0};
    assert_int_equal(sqlite3_open(scratch_path(world->scratch, db), &look),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(look, query, -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            buf_print(&told, "%s|",
                      (const char *)sqlite3_column_text(statement, i));
        }
    }
    sqlite3_finalize(statement);
    sqlite3_close(look);
    assert_text(buf_slice(&told), expected);
    buf_free(&told);
}

static size_t
occurrences(const struct buf *text, const char *words)
{
    struct slice rest = slice_of(text->data, text->len);
    struct slice head;
    size_t count = 0;
    while (slice_cut_text(&rest, slice_from(words), &head)) {
        count++;
    }
    return count;
}

static void
none_is_lost_and_none_told_twice(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf text = {0};
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < IMAGES; i++) {
            add_failure(&text, round * 300 + i, i);
        }
    }
    start(&run, world, "lost.db");
    feed(&run, buf_slice(&text));
    river_flush(&run);
    assert_int_equal(occurrences(&run.changes, "opened "), IMAGES);
    assert_int_equal(occurrences(&run.changes, "updated "), 4 * IMAGES);
    assert_rows(world, "lost.db",
                "SELECT count(*), sum(count), max(life), sum(state = 'open') "
                "FROM incident",
                "60|300|1|60|");
    assert_rows(world, "lost.db", "SELECT count(*), sum(count) FROM affected",
                "60|300|");
    assert_rows(world, "lost.db", "SELECT sum(count) FROM tally", "300|");
    /* Success finds those that left, by their image. */
    buf_clear(&text);
    for (int i = 0; i < IMAGES; i++) {
        add_success(&text, 2000 + i, i);
    }
    feed(&run, buf_slice(&text));
    river_flush(&run);
    assert_int_equal(occurrences(&run.changes, "resolved "), IMAGES);
    assert_rows(world, "lost.db",
                "SELECT count(*), sum(state = 'resolved') FROM incident",
                "60|60|");
    /* And what fails once more is a second life. */
    buf_clear(&text);
    add_failure(&text, 5000, 3);
    feed(&run, buf_slice(&text));
    river_flush(&run);
    assert_rows(world, "lost.db",
                "SELECT max(life), max(state) FROM incident WHERE key LIKE "
                "'%/a3:1'",
                "2|resolved|");
    river_kill(&run);
    buf_free(&text);
}

/* Without a history the coldest go, and it is known how many. */
static void
without_a_history_they_are_summed_up(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf text = {0};
    for (int i = 0; i < IMAGES; i++) {
        add_failure(&text, i * 2, i);
        add_failure(&text, i * 2 + 1, i);
    }
    start(&run, world, NULL);
    feed(&run, buf_slice(&text));
    const struct departed *lost = roster_lost(ledger_roster(run.ledger), 0);
    assert_non_null(lost);
    assert_null(roster_lost(ledger_roster(run.ledger), 1));
    assert_text(lost->cause->slug, "image-not-found");
    uint64_t kept = ledger_count(run.ledger);
    assert_int_equal(lost->incidents, IMAGES - kept);
    assert_int_equal(lost->failures, 2 * (IMAGES - kept));
    assert_int_equal(roster_left(ledger_roster(run.ledger)).incidents, 0);
    river_kill(&run);
    buf_free(&text);
}

/* While the history cannot be written nothing grows, and what goes is known. */
static void
a_history_that_is_locked_bounds_it_too(void **state)
{
    struct world *world = *state;
    struct run run;
    struct sqlite3 *other = NULL;
    struct buf text = {0};
    for (int i = 0; i < IMAGES; i++) {
        add_failure(&text, i, i);
    }
    start(&run, world, "locked.db");
    assert_int_equal(
        sqlite3_open(scratch_path(world->scratch, "locked.db"), &other),
        SQLITE_OK);
    sqlite3_exec(other,
                 "CREATE TRIGGER stop BEFORE INSERT ON incident BEGIN "
                 "SELECT raise(ABORT, 'no'); END",
                 NULL, NULL, NULL);
    feed(&run, buf_slice(&text));
    const struct departed *lost = roster_lost(ledger_roster(run.ledger), 0);
    assert_non_null(lost);
    uint64_t gone = lost->failures;
    assert_int_equal(gone + ledger_count(run.ledger), IMAGES);
    sqlite3_exec(other, "DROP TRIGGER stop", NULL, NULL, NULL);
    sqlite3_close(other);
    river_flush(&run);
    char expected[32];
    snprintf(expected, sizeof(expected), "%d|", IMAGES - (int)gone);
    assert_rows(world, "locked.db", "SELECT sum(count) FROM incident",
                expected);
    river_kill(&run);
    buf_free(&text);
}

static void
add_minute(struct buf *text, int64_t minute)
{
    char stamp[STAMP_TEXT];
    stamp_format((INT64_C(29398108) + minute) * STAMP_MINUTE, stamp);
    buf_print(text,
              "time=\"%s\" level=error msg=\"PullImage "
              "\\\"x.azurecr.io/a:1\\\" failed\" error=\"rpc error: code = "
              "NotFound desc = failed to pull and unpack image "
              "\\\"x.azurecr.io/a:1\\\": failed to resolve reference "
              "\\\"x.azurecr.io/a:1\\\": x.azurecr.io/a:1: not found\"\n",
              stamp);
}

/* A log of months holds more minutes than should stand in memory. */
static void
minutes_go_to_the_history_before_they_are_many(void **state)
{
    enum {
        PIECES = 1200,
        MINUTES = 300, /* of a piece */
        MOST = 256 * MINUTES + 262144
    };

    struct world *world = *state;
    for (int keeps = 0; keeps < 2; keeps++) {
        struct run run;
        struct buf text = {0};
        size_t most = 0;
        start(&run, world, keeps ? "minutes.db" : NULL);
        if (!keeps) {
            roster_leave_out_tallies(ledger_roster(run.ledger));
        }
        for (int piece = 0; piece < PIECES; piece++) {
            buf_clear(&text);
            for (int i = 0; i < MINUTES; i++) {
                add_minute(&text, piece * MINUTES + i);
            }
            pipeline_feed(run.pipeline, run.origin, buf_slice(&text),
                          INT64_C(1795449600) * STAMP_SECOND);
            pipeline_make_room(run.pipeline);
            size_t count = ledger_at(run.ledger, 0)->tally_count;
            most = count > most ? count : most;
        }
        assert_int_equal(ledger_count(run.ledger), 1);
        assert_int_equal(ledger_at(run.ledger, 0)->count,
                         PIECES * MINUTES - 1); /* the last may yet grow */
        assert_true(most <= (keeps ? MOST : 0));
        if (keeps) {
            river_flush(&run);
            assert_rows(world, "minutes.db",
                        "SELECT count(*), sum(count) FROM tally",
                        "359999|359999|");
        }
        river_kill(&run);
        buf_free(&text);
    }
}

/* What each image has to count, by a model that is as simple as can be. */
struct model {
    int failures[IMAGES];
    int events[IMAGES];
};

static void
add_step(struct buf *text, struct model *model, uint64_t *seed, int at)
{
    int image = (int)random_below(seed, IMAGES);
    int grown = (int)random_below(seed, 3);
    if (random_below(seed, 2) == 0) {
        model->failures[image]++;
        add_failure(text, at, image);
    } else {
        model->events[image] += grown;
        if (model->events[image] > 0) {
            add_event(text, at, image, model->events[image]);
        }
    }
}

/* A process that ends without a flush, and the next one from the checkpoint. */
static void
restart(struct run *run, struct world *world, const char *db, struct slice text)
{
    river_kill(run);
    start(run, world, db);
    /* From its start, as one who reads a file: what was counted is replayed. */
    feed(run, text);
}

static void
kills_and_full_tables_change_no_count(void **state)
{
    enum {
        RUNS = 6,
        STEPS = 300,
    };

    struct world *world = *state;
    uint64_t seed = 99;
    for (int turn = 0; turn < RUNS; turn++) {
        char db[32];
        struct run run;
        struct model model = {{0}, {0}};
        struct buf text = {0};
        int expected = 0;
        snprintf(db, sizeof(db), "kill-%d.db", turn);
        world->is_lazy = turn % 2 == 1;
        start(&run, world, db);
        for (int i = 0; i < STEPS; i++) {
            size_t len = text.len;
            add_step(&text, &model, &seed, i * 20);
            feed(&run, slice_after(buf_slice(&text), len));
            if (random_below(&seed, 40) == 0) {
                river_flush(&run);
            }
            if (random_below(&seed, 60) == 0) {
                restart(&run, world, db, buf_slice(&text));
            }
        }
        river_flush(&run);
        river_kill(&run);
        for (int i = 0; i < IMAGES; i++) {
            expected += model.failures[i] + model.events[i];
        }
        char row[32];
        snprintf(row, sizeof(row), "%d|", expected);
        assert_rows(world, db, "SELECT sum(count) FROM incident", row);
        assert_rows(world, db, "SELECT sum(count) FROM affected", row);
        assert_rows(world, db, "SELECT sum(count) FROM tally", row);
        for (int i = 0; i < IMAGES; i++) {
            char query[128];
            snprintf(query, sizeof(query),
                     "SELECT coalesce(sum(count), 0) FROM incident WHERE key "
                     "LIKE '%%/a%d:1'",
                     i);
            snprintf(row, sizeof(row), "%d|", model.failures[i]);
            assert_rows(world, db, query, row);
        }
        buf_free(&text);
    }
}

#define IN_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(none_is_lost_and_none_told_twice),
        IN_WORLD(without_a_history_they_are_summed_up),
        IN_WORLD(a_history_that_is_locked_bounds_it_too),
        IN_WORLD(minutes_go_to_the_history_before_they_are_many),
        IN_WORLD(kills_and_full_tables_change_no_count),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
