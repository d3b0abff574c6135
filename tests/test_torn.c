/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"
#include "source/identity.h"
#include "text.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>

/*
 * A list that is read while it is being written, by an analysis, which counts
 * what begins before its mark, and by a watch, which counts what ends before
 * its own: whoever goes on with it, each failure is counted once.
 */

#define SAID(number, end)                                    \
    "{\"message\": \"Failed to pull image \\\"a.io/x" number \
    ":1\\\": a.io/x" number ":1: not found\"," end           \
    " \"time\": \"2026-11-23T17:00:00Z\"}"

/* An object that nobody knows, so that all of it is one element. */
#define LIST(end)                                          \
    "{\"took\": 3," end "\"hits\": {\"hits\": [" end SAID( \
        "1", end) "," end SAID("2", end) "," end SAID("3", end) "]}}\n"

static const char *const lists[] = {LIST(""), LIST("\n")};

/* A watch: what it reads is fed from its mark on. */
static void
watch(struct run *run, struct slice text, const struct checkpoint *mark)
{
    struct checkpoint now = *mark;
    run->origin = pipeline_resume(run->pipeline, "a.log", mark);
    river_feed(run, slice_after(text, mark->resume), 100);
    now.anchor = 7; /* of a newline */
    pipeline_mark(run->pipeline, run->origin, &now);
    pipeline_leave(run->pipeline, run->origin, RIVER_NOW);
    river_flush(run);
}

static void
take(void *ctx, const struct checkpoint *checkpoint)
{
    struct checkpoint *mark = ctx;
    *mark = *checkpoint;
    mark->identity = SLICE(RIVER_IDENTITY);
    mark->origin = slice_of(NULL, 0);
    mark->cursor = slice_of(NULL, 0);
}

/* One of both, with what the history knows of the file. */
static void
go_on(struct world *world, const char *db, struct slice text, bool is_watch)
{
    struct run run;
    struct fault fault;
    struct checkpoint mark = {.identity = SLICE(RIVER_IDENTITY)};
    const struct checkpoint_request request = {
        .identity = SLICE(RIVER_IDENTITY), .take = take, .ctx = &mark};
    river_start(&run, world, db);
    if (!history_checkpoints(run.history, &request, &fault)) {
        fail_msg("%s", fault.text);
    }
    if (is_watch) {
        watch(&run, text, &mark);
    } else {
        if (mark.anchor != 0) {
            pipeline_count_lines(run.origin, mark.resume);
        }
        river_feed(&run, text, SIZE_MAX);
        pipeline_end(run.pipeline, run.origin, RIVER_NOW);
        river_flush(&run);
    }
    river_kill(&run);
}

static void
assert_counted(struct world *world, const char *db)
{
    struct sqlite3 *look = NULL;
    struct sqlite3_stmt *sum = NULL;
    assert_int_equal(sqlite3_open(scratch_path(world->scratch, db), &look),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(look, "SELECT sum(count) FROM incident",
                                        -1, &sum, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(sum), SQLITE_ROW);
    int count = sqlite3_column_int(sum, 0);
    sqlite3_finalize(sum);
    sqlite3_close(look);
    if (count != 3) {
        fail_msg("%s: %d", db, count);
    }
}

/* Each of three runs is one or the other, as the bits of a number say. */
static void
each_is_counted_once(void **state)
{
    struct world *world = *state;
    size_t step = getenv("TORN_DENSE") ? 13 : 83;
    for (size_t list = 0; list < COUNT(lists); list++) {
        struct slice text = slice_from(lists[list]);
        for (size_t at = 20; at < text.len; at += step) {
            for (unsigned who = 0; who < 8; who++) {
                char db[64];
                snprintf(db, sizeof(db), "%zu-%zu-%u.db", list, at, who);
                go_on(world, db, slice_before(text, at), (who & 1) != 0);
                go_on(world, db, slice_before(text, at + 40), (who & 2) != 0);
                go_on(world, db, text, (who & 4) != 0);
                go_on(world, db, text, (who & 1) != 0);
                assert_counted(world, db);
            }
        }
    }
}

/* Who a file was when its first line was torn. */
static void
a_torn_first_line_is_known_again(void **state)
{
    struct slice head = SLICE("I1123 17:00:01.000000 a line that has so many "
                              "bytes that it is known\nand another line\n");
    (void)state;
    for (size_t len = 0; len <= head.len; len++) {
        char identity[SOURCE_IDENTITY];
        bool is_whole;
        identity_write(
            identity, 1, 2,
            identity_fingerprint(slice_before(head, len), &is_whole));
        assert_int_equal(identity_began(identity, head),
                         len >= IDENTITY_LEAST && !is_whole
                             && len < slice_find_byte(head, '\n'));
    }
    assert_false(identity_began("watch:1:2:0", head));
    assert_true(slice_equal(identity_file("file:1:2:0"), SLICE("file:1:2:")));
    assert_int_equal(identity_file("").len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_is_counted_once, river_open_folder,
                                        river_close_folder),
        cmocka_unit_test(a_torn_first_line_is_known_again),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
