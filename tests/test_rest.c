/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper.h"
#include "river.h"
#include "store/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* A run whose keeper is told to write at times of the test's choice. */
struct stage {
    struct options options;
    struct app app;
    struct ledger *ledger;
    struct keeper *keeper;
    struct pipeline *pipeline;
    struct origin *origin;
    struct run changes; /* takes what river_on_change() notes */
    struct slice rest;  /* of the story */
    char path[640];
};

/* The program's own is in main.c. */
int64_t
app_now(const struct app *app)
{
    (void)app;
    return RIVER_NOW;
}

static void
stage_start(struct stage *stage, struct world *world, enum command_id command)
{
    *stage = (struct stage){.rest = slice_from(river_story)};
    snprintf(stage->path, sizeof(stage->path), "%s",
             scratch_path(world->scratch, "h.db"));
    stage->options.command = command;
    stage->app = (struct app){.options = &stage->options,
                              .catalog = world->catalog,
                              .db = stage->path};
    stage->ledger = ledger_new(world->catalog);
    stage->keeper = keeper_new(&stage->app, stage->ledger);
    const struct pipeline_config config = {.catalog = world->catalog,
                                           .ledger = stage->ledger,
                                           .history =
                                               keeper_history(stage->keeper),
                                           .format = FORMATS,
                                           .on_change = river_on_change,
                                           .ctx = &stage->changes};
    stage->pipeline = pipeline_new(&config);
    stage->origin =
        pipeline_origin(stage->pipeline, "a.log", RIVER_IDENTITY, 0);
}

static void
feed_line(struct stage *stage)
{
    const char *begin = stage->rest.data;
    struct slice line;
    assert_true(slice_cut(&stage->rest, '\n', &line));
    pipeline_feed(stage->pipeline, stage->origin,
                  slice_of(begin, (size_t)(stage->rest.data - begin)),
                  RIVER_NOW);
}

/* How far the history knows the story. */
static uint64_t
written(struct stage *stage)
{
    struct source_mark mark = {.identity = ""};
    (void)keeper_recall(stage->keeper, RIVER_IDENTITY, &mark);
    return mark.position;
}

static uint64_t
fed(const struct stage *stage)
{
    return (uint64_t)(stage->rest.data - river_story);
}

static void
stage_free(struct stage *stage)
{
    keeper_free(stage->keeper);
    ledger_free(stage->ledger);
    pipeline_free(stage->pipeline);
    buf_free(&stage->changes.changes);
}

static void
a_write_is_not_followed_by_another_at_once(void **state)
{
    struct stage stage;
    stage_start(&stage, *state, COMMAND_ANALYZE);
    feed_line(&stage);
    keeper_flush(stage.keeper, stage.pipeline, STAMP_HOUR);
    assert_int_equal(written(&stage), fed(&stage));
    uint64_t before = written(&stage);

    /* At the same moment: whatever the first one took, it was something. */
    feed_line(&stage);
    keeper_flush_lazily(stage.keeper, stage.pipeline, STAMP_HOUR);
    assert_int_equal(written(&stage), before);
    keeper_flush(stage.keeper, stage.pipeline, STAMP_HOUR);
    assert_int_equal(written(&stage), fed(&stage));

    feed_line(&stage);
    keeper_flush_lazily(stage.keeper, stage.pipeline, STAMP_HOUR);
    assert_true(written(&stage) < fed(&stage));
    /* Nothing rests for longer than that. */
    keeper_flush_lazily(stage.keeper, stage.pipeline,
                        STAMP_HOUR + 10 * STAMP_SECOND);
    assert_int_equal(written(&stage), fed(&stage));
    stage_free(&stage);
}

static void
what_is_soon_over_is_written_once(void **state)
{
    struct stage stage;
    stage_start(&stage, *state, COMMAND_ANALYZE);
    feed_line(&stage);
    keeper_flush_lazily(stage.keeper, stage.pipeline, STAMP_HOUR);
    feed_line(&stage);
    keeper_flush_lazily(stage.keeper, stage.pipeline,
                        STAMP_HOUR + 2 * STAMP_SECOND);
    assert_int_equal(written(&stage), 0);
    keeper_flush_lazily(stage.keeper, stage.pipeline,
                        STAMP_HOUR + 3 * STAMP_SECOND);
    assert_int_equal(written(&stage), fed(&stage));
    stage_free(&stage);
}

static void
a_watch_does_not_wait(void **state)
{
    struct stage stage;
    stage_start(&stage, *state, COMMAND_WATCH);
    for (int i = 0; i < 3; i++) {
        feed_line(&stage);
        keeper_flush_lazily(stage.keeper, stage.pipeline, STAMP_HOUR);
        assert_int_equal(written(&stage), fed(&stage));
    }
    stage_free(&stage);
}

static void
the_end_does_not_wait(void **state)
{
    struct stage stage;
    stage_start(&stage, *state, COMMAND_ANALYZE);
    feed_line(&stage);
    keeper_flush(stage.keeper, stage.pipeline, STAMP_HOUR);
    feed_line(&stage);
    pipeline_end(stage.pipeline, stage.origin, RIVER_NOW);
    keeper_finish(stage.keeper, stage.pipeline, STAMP_HOUR);
    assert_int_equal(written(&stage), fed(&stage));
    assert_false(keeper_has_failed(stage.keeper));
    stage_free(&stage);
}

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write_is_not_followed_by_another_at_once),
        TEST(what_is_soon_over_is_written_once),
        TEST(a_watch_does_not_wait),
        TEST(the_end_does_not_wait),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
