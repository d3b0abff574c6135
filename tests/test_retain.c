/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper.h"
#include "river.h"
#include "text.h"

#include <sqlite3.h>

#include <stdlib.h>

static const int64_t days = 24 * STAMP_HOUR;

/* A watch that goes on for months, whose clocks are the test's. */
struct months {
    struct options options;
    struct app app;
    struct ledger *ledger;
    struct keeper *keeper;
    struct pipeline *pipeline;
    char path[640];
    int64_t steady;
};

/* The program's own is in main.c. */
int64_t
app_now(const struct app *app)
{
    return app->surroundings.now;
}

static void
begin(struct months *months, struct world *world, int64_t keep)
{
    *months = (struct months){
        .options = {.command = COMMAND_WATCH, .keep = keep},
        .app = {.catalog = world->catalog, .surroundings.now = RIVER_NOW},
        .ledger = ledger_new(world->catalog),
    };
    snprintf(months->path, sizeof(months->path), "%s",
             scratch_path(world->scratch, "h.db"));
    months->app.options = &months->options;
    months->app.db = months->path;
    months->keeper = keeper_new(&months->app, months->ledger);
    const struct pipeline_config config = {
        .catalog = world->catalog,
        .ledger = months->ledger,
        .history = keeper_history(months->keeper),
        .awaits_history = keeper_is_awaited(months->keeper),
        .format = FORMATS,
    };
    months->pipeline = pipeline_new(&config);
    keeper_flush(months->keeper, months->pipeline, months->steady);
}

static void
end(struct months *months)
{
    keeper_finish(months->keeper, months->pipeline, months->steady);
    keeper_free(months->keeper);
    ledger_free(months->ledger);
    pipeline_free(months->pipeline);
}

static void
pass(struct months *months, int64_t us)
{
    months->steady += us;
    months->app.surroundings.now += us;
    keeper_flush(months->keeper, months->pipeline, months->steady);
}

static int
on_number(void *ctx, int count, char **cells, char **names)
{
    int *number = ctx;
    (void)count;
    (void)names;
    *number = (int)strtol(cells[0], NULL, 10);
    return 0;
}

/* What a stranger reads or writes there; the number of the first cell. */
static int
by_hand(const struct months *months, const char *sql)
{
    struct sqlite3 *other;
    int number = -1;
    char *error = NULL;
    assert_int_equal(sqlite3_open(months->path, &other), SQLITE_OK);
    sqlite3_exec(other, sql, on_number, &number, &error);
    if (error) {
        fail_msg("%s: %s", sql, error);
    }
    sqlite3_close(other);
    return number;
}

static void
add_incidents(const struct months *months, int count, int64_t seen_at)
{
    char sql[600];
    snprintf(sql, sizeof(sql),
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
             "WHERE i < %d) INSERT INTO incident (key, life, cause, severity, "
             "scope, state, first_seen, last_seen, count) SELECT "
             "hex(randomblob(9)), 1, 'unknown', 'error', 'pod', 'resolved', "
             "%lld + i, %lld + i, 1 FROM n",
             count, (long long)seen_at, (long long)seen_at);
    (void)by_hand(months, sql);
}

static int
count_incidents(const struct months *months)
{
    return by_hand(months, "SELECT count(*) FROM incident");
}

static void
old_ones_go_batch_by_batch(void **state)
{
    struct months months;
    begin(&months, *state, 90 * days);
    add_incidents(&months, 40, RIVER_NOW - 100 * days);
    add_incidents(&months, 3, RIVER_NOW - 80 * days);
    assert_int_equal(count_incidents(&months), 43);
    pass(&months, STAMP_HOUR);
    assert_int_equal(count_incidents(&months), 27);
    pass(&months, STAMP_SECOND / 2); /* nobody waits for it */
    assert_int_equal(count_incidents(&months), 27);
    pass(&months, STAMP_SECOND);
    assert_int_equal(count_incidents(&months), 11);
    pass(&months, STAMP_SECOND);
    assert_int_equal(count_incidents(&months), 3);
    end(&months);
}

/* Nothing is read and nothing is written: time alone makes them old. */
static void
what_grows_old_goes_while_it_watches(void **state)
{
    struct months months;
    begin(&months, *state, 90 * days);
    add_incidents(&months, 2, RIVER_NOW - 80 * days);
    add_incidents(&months, 1, RIVER_NOW - 70 * days);
    for (int day = 0; day < 9; day++) {
        pass(&months, days);
        assert_int_equal(count_incidents(&months), 3);
    }
    pass(&months, days + STAMP_HOUR);
    assert_int_equal(count_incidents(&months), 1);
    pass(&months, 10 * days);
    assert_int_equal(count_incidents(&months), 0);
    end(&months);
}

static void
without_a_bound_all_stay(void **state)
{
    struct months months;
    begin(&months, *state, 0);
    add_incidents(&months, 3, RIVER_NOW - 3000 * days);
    pass(&months, 900 * days);
    assert_int_equal(count_incidents(&months), 3);
    end(&months);
}

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(old_ones_go_batch_by_batch),
        TEST(what_grows_old_goes_while_it_watches),
        TEST(without_a_bound_all_stay),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
