/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

static void
by_hand(struct world *world, const char *sql)
{
    struct sqlite3 *handle = NULL;
    char *said = NULL;
    assert_int_equal(
        sqlite3_open(scratch_path(world->scratch, "h.db"), &handle), SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, &said) != SQLITE_OK) {
        fail_msg("%s: %s", sql, said);
    }
    sqlite3_close(handle);
}

static void
start_lazily(struct run *run, struct world *world)
{
    world->is_lazy = true;
    river_start(run, world, "h.db");
    world->is_lazy = false;
}

/* A history of the story, and a run that has not read anything yet. */
static void
begin(struct run *run, struct world *world)
{
    struct run earlier;
    river_run(&earlier, world, "h.db", slice_from(river_story), SIZE_MAX);
    river_kill(&earlier);
    start_lazily(run, world);
}

static void
nothing_is_restored_for_lines_of_no_pull(void **state)
{
    struct world *world = *state;
    struct run run;
    begin(&run, world);
    assert_int_equal(ledger_count(run.ledger), 0);
    river_feed(&run, SLICE("all is well\n"), SIZE_MAX);
    river_flush(&run);
    assert_int_equal(ledger_count(run.ledger), 0);
    river_kill(&run);
}

/* Of those that nobody tells of, it says nothing; but they go quiet. */
static void
what_is_read_when_it_is_told_of_is_as_if_it_had_been_before(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf eager = {0};
    struct buf lazy = {0};
    struct buf *told[] = {&eager, &lazy};
    for (size_t i = 0; i < COUNT(told); i++) {
        const char *db = i == 0 ? "eager.db" : "h.db";
        river_run(&run, world, db, slice_from(river_story), SIZE_MAX);
        river_kill(&run);
        world->is_lazy = i == 1;
        river_run(&run, world, db, buf_slice(&world->text), 100);
        buf_add(told[i], buf_slice(&run.changes));
        pipeline_tick(run.pipeline, RIVER_NOW);
        river_flush(&run);
        world->is_lazy = false;
        river_tell_history(world, db, DIGEST_ALL, told[i]);
        river_kill(&run);
    }
    assert_string_equal(buf_string(&lazy), buf_string(&eager));
    buf_free(&eager);
    buf_free(&lazy);
}

/* The pod leads to what is over, as nothing else does. */
static void
a_late_line_finds_what_is_over(void **state)
{
    static const char late[] =
        "2026-11-23T15:04:00.000001Z node-b kubelet[9]: E1123 15:04:00.000001 "
        "9 pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed "
        "to \\\"StartContainer\\\" for \\\"web\\\" with ImagePullBackOff: "
        "\\\"Back-off pulling image "
        "\\\\\\\"xenia.azurecr.io/web:1\\\\\\\"\\\"\" "
        "pod=\"shop/web-2\"\n";

    struct world *world = *state;
    for (int lazily = 0; lazily < 2; lazily++) {
        const char *db = lazily ? "lazy.db" : "eager.db";
        struct run run;
        struct buf told = {0};
        struct slice first = slice_before(
            slice_from(river_story),
            slice_find(slice_from(river_story), SLICE("2026-11-23T16:")));
        river_run(&run, world, db, first, SIZE_MAX);
        river_kill(&run);
        world->is_lazy = lazily;
        river_start(&run, world, db);
        run.origin = pipeline_origin(run.pipeline, "b.log", "another", 0);
        river_feed(&run, slice_from(late), SIZE_MAX);
        pipeline_end(run.pipeline, run.origin, RIVER_NOW);
        river_flush(&run);
        world->is_lazy = false;
        assert_int_equal(ledger_count(run.ledger), 1);
        river_tell_history(world, db, DIGEST_COUNTS, &told);
        assert_null(strstr(buf_string(&told), "backoff"));
        assert_non_null(strstr(buf_string(&told), "|1|resolved|"));
        assert_non_null(strstr(buf_string(&run.changes), "updated image-not-"));
        river_kill(&run);
        buf_free(&told);
    }
}

static size_t
states(struct world *world, const char *state)
{
    struct buf digest = {0};
    struct buf mark = {0};
    size_t count = 0;
    river_tell_history(world, "h.db", DIGEST_ALL, &digest);
    buf_print(&mark, "|%s|", state);
    struct slice rest = buf_slice(&digest);
    struct slice head;
    while (slice_cut_text(&rest, buf_slice(&mark), &head)) {
        count++;
    }
    buf_free(&digest);
    buf_free(&mark);
    return count;
}

static void
what_goes_quiet_is_not_restored_for_that(void **state)
{
    struct world *world = *state;
    struct run run;
    begin(&run, world);
    assert_true(states(world, "open") > 0);
    pipeline_tick(run.pipeline, RIVER_NOW);
    river_flush(&run);
    assert_int_equal(states(world, "open"), 0);
    assert_true(states(world, "quiet") > 0);
    assert_int_equal(ledger_count(run.ledger), 0);
    assert_string_equal(buf_string(&run.changes), "");
    river_kill(&run);
}

/* The quiet times of the classes, as the program has them, too. */
static void
what_goes_quiet_does_so_in_time(void **state)
{
    static const struct {
        const char *class;
        int64_t after;
    } classes[] = {
        {"transient", 10 * STAMP_MINUTE},
        {"permanent", STAMP_HOUR},
        {"either", 30 * STAMP_MINUTE},
    };
    struct world *world = *state;
    for (size_t i = 0; i < 2 * COUNT(classes); i++) {
        struct run run;
        struct buf sql = {0};
        begin(&run, world);
        buf_print(&sql,
                  "UPDATE cause SET class = '%s';"
                  "UPDATE incident SET state = 'open', last_seen = %lld "
                  "WHERE state <> 'joined'",
                  classes[i / 2].class, (long long)RIVER_NOW);
        by_hand(world, buf_string(&sql));
        size_t open = states(world, "open");
        pipeline_tick(run.pipeline,
                      RIVER_NOW + classes[i / 2].after + (int64_t)(i % 2));
        river_flush(&run);
        assert_int_equal(states(world, "open"), i % 2 == 0 ? open : 0);
        river_kill(&run);
        buf_free(&sql);
    }
}

/* It may tell of what was counted already. */
static void
what_cannot_be_compared_is_not_written(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf before = {0};
    struct buf after = {0};
    begin(&run, world);
    river_tell_history(world, "h.db", DIGEST_ALL, &before);
    by_hand(world, "ALTER TABLE attempt RENAME TO elsewhere");
    river_feed(&run, buf_slice(&world->text), SIZE_MAX);
    for (int i = 0; i < 2; i++) {
        struct fault fault = {0};
        assert_false(pipeline_flush(run.pipeline, &fault));
        assert_non_null(strstr(fault.text, "restoring from history"));
        assert_non_null(strstr(fault.text, "attempt"));
    }
    river_tell_history(world, "h.db", DIGEST_ALL, &after);
    assert_string_equal(buf_string(&after), buf_string(&before));
    river_kill(&run);
    buf_free(&before);
    buf_free(&after);
}

static uint64_t
count_of(const struct run *run)
{
    struct fault fault = {0};
    uint64_t count = 0;
    assert_true(history_count(run->history, &count, &fault));
    return count;
}

/* Whether a flush or a merge has folded it, and whichever says so. */
static void
what_was_folded_is_not_counted(void **state)
{
    struct world *world = *state;
    struct run run;
    begin(&run, world);
    uint64_t count = count_of(&run);
    assert_true(count > 1);
    by_hand(world, "INSERT INTO incident (key, life, cause, severity, scope, "
                   "state, first_seen, last_seen, count, joined_id) "
                   "VALUES ('k', 1, 'c', 's', 'o', 'joined', 1, 1, 0, 1)");
    assert_int_equal(count_of(&run), count);
    by_hand(world, "INSERT INTO source (id, exported_at) VALUES ('other', 1);"
                   "INSERT INTO incident (key, life, cause, severity, scope, "
                   "state, first_seen, last_seen, count) "
                   "VALUES ('m', 1, 'c', 's', 'o', 'joined', 1, 1, 0)");
    assert_int_equal(count_of(&run), count);
    river_kill(&run);
}

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_restored_for_lines_of_no_pull),
        TEST(what_is_read_when_it_is_told_of_is_as_if_it_had_been_before),
        TEST(a_late_line_finds_what_is_over),
        TEST(what_goes_quiet_is_not_restored_for_that),
        TEST(what_goes_quiet_does_so_in_time),
        TEST(what_cannot_be_compared_is_not_written),
        TEST(what_was_folded_is_not_counted),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
