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

static void
all_is_restored_before_the_first_sighting(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf eager = {0};
    struct buf lazy = {0};
    struct buf *told[] = {&eager, &lazy};
    for (size_t i = 0; i < COUNT(told); i++) {
        river_run(&run, world, i == 0 ? "eager.db" : "h.db",
                  slice_from(river_story), SIZE_MAX);
        river_kill(&run);
        world->is_lazy = i == 1;
        river_run(&run, world, i == 0 ? "eager.db" : "h.db",
                  buf_slice(&world->text), 100);
        world->is_lazy = false;
        river_tell_history(world, i == 0 ? "eager.db" : "h.db", DIGEST_ALL,
                           told[i]);
        buf_add(told[i], buf_slice(&run.changes));
        river_kill(&run);
    }
    assert_string_equal(buf_string(&lazy), buf_string(&eager));
    buf_free(&eager);
    buf_free(&lazy);
}

static void
what_goes_quiet_is_restored_first(void **state)
{
    struct world *world = *state;
    struct run run;
    begin(&run, world);
    pipeline_tick(run.pipeline, RIVER_NOW + 24 * STAMP_HOUR);
    assert_true(ledger_count(run.ledger) > 0);
    assert_non_null(strstr(buf_string(&run.changes), "quiet"));
    river_kill(&run);
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
        TEST(all_is_restored_before_the_first_sighting),
        TEST(what_goes_quiet_is_restored_first),
        TEST(what_cannot_be_compared_is_not_written),
        TEST(what_was_folded_is_not_counted),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
