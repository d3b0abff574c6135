/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper.h"
#include "river.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* A watch with its keeper, driven without a loop. */
struct stage {
    struct world *world;
    struct options options;
    struct app app;
    struct ledger *ledger;
    struct keeper *keeper;
    struct pipeline *pipeline;
    struct origin *origin;
    struct run changes; /* takes what river_on_change() notes */
    int64_t now;
    char path[640];
    struct sqlite3 *other; /* another program's hold on the file */
    int saved_stderr;
    struct buf said; /* what was said on standard error */
};

/* The program's own is in main.c. */
int64_t
app_now(const struct app *app)
{
    (void)app;
    return RIVER_NOW;
}

static void
hush(struct stage *stage)
{
    char path[700];
    snprintf(path, sizeof(path), "%s.said", stage->path);
    int file = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    assert_true(file >= 0);
    stage->saved_stderr = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
}

static void
unhush(struct stage *stage)
{
    char path[700];
    char block[4096];
    ssize_t got;
    dup2(stage->saved_stderr, STDERR_FILENO);
    close(stage->saved_stderr);
    snprintf(path, sizeof(path), "%s.said", stage->path);
    int file = open(path, O_RDONLY);
    buf_clear(&stage->said);
    while ((got = read(file, block, sizeof(block))) > 0) {
        buf_add(&stage->said, slice_of(block, (size_t)got));
    }
    close(file);
    unlink(path);
}

static void
assert_said(struct stage *stage, const char *words)
{
    if (!strstr(buf_string(&stage->said), words)) {
        fail_msg("\"%s\" was not said, but: %s", words,
                 buf_string(&stage->said));
    }
}

static void
stage_start(struct stage *stage, struct world *world, enum command_id command)
{
    stage->world = world;
    stage->options.command = command;
    snprintf(stage->path, sizeof(stage->path), "%s",
             scratch_path(world->scratch, "h.db"));
    stage->app = (struct app){.options = &stage->options,
                              .catalog = world->catalog,
                              .db = stage->path};
    stage->ledger = ledger_new(world->catalog);
    hush(stage);
    stage->keeper = keeper_new(&stage->app, stage->ledger);
    struct source_mark mark = {.identity = ""};
    (void)keeper_recall(stage->keeper, RIVER_IDENTITY, &mark);
    unhush(stage);
    const struct pipeline_config config = {
        .catalog = world->catalog,
        .ledger = stage->ledger,
        .history = keeper_history(stage->keeper),
        .awaits_history = keeper_is_awaited(stage->keeper),
        .format = FORMATS,
        .on_change = river_on_change,
        .ctx = &stage->changes};
    stage->pipeline = pipeline_new(&config);
    stage->origin = pipeline_origin(stage->pipeline, "a.log", RIVER_IDENTITY,
                                    mark.position);
}

static void
stage_feed(struct stage *stage, struct slice text)
{
    pipeline_feed(stage->pipeline, stage->origin, text, RIVER_NOW);
}

/* A flush long after the last one: no pause is as long. */
static void
stage_flush(struct stage *stage)
{
    hush(stage);
    stage->now += STAMP_HOUR;
    keeper_flush(stage->keeper, stage->pipeline, stage->now);
    unhush(stage);
}

static void
stage_end(struct stage *stage)
{
    pipeline_end(stage->pipeline, stage->origin, RIVER_NOW);
    hush(stage);
    keeper_finish(stage->keeper, stage->pipeline, stage->now);
    unhush(stage);
}

static void
stage_free(struct stage *stage)
{
    keeper_free(stage->keeper);
    ledger_free(stage->ledger);
    pipeline_free(stage->pipeline);
    buf_free(&stage->changes.changes);
    buf_free(&stage->said);
}

static void
by_hand(struct stage *stage, const char *sql)
{
    char *error = NULL;
    if (!stage->other) {
        assert_int_equal(sqlite3_open(stage->path, &stage->other), SQLITE_OK);
    }
    sqlite3_exec(stage->other, sql, NULL, NULL, &error);
    if (error) {
        fail_msg("%s: %s", sql, error);
    }
}

static void
lock(struct stage *stage)
{
    by_hand(stage, "BEGIN EXCLUSIVE");
}

static void
unlock(struct stage *stage)
{
    by_hand(stage, "COMMIT");
    sqlite3_close(stage->other);
    stage->other = NULL;
}

static void
remove_it(struct stage *stage)
{
    assert_int_equal(unlink(stage->path), 0);
}

/* As `mv history.db elsewhere`: the -wal stays behind. */
static void
move_it(struct stage *stage)
{
    char elsewhere[700];
    snprintf(elsewhere, sizeof(elsewhere), "%s.moved", stage->path);
    assert_int_equal(rename(stage->path, elsewhere), 0);
}

static void
empty_it(struct stage *stage)
{
    assert_int_equal(truncate(stage->path, 0), 0);
}

/* Another history, which knows nothing of this one. */
static void
replace_it(struct stage *stage)
{
    struct fault fault = {0};
    char fresh[700];
    snprintf(fresh, sizeof(fresh), "%s.fresh", stage->path);
    history_close(history_open(fresh, stage->world->catalog, &fault));
    assert_int_equal(rename(fresh, stage->path), 0);
}

/* All of the file but its header, and nothing to make it good again from. */
static void
spoil_it(struct stage *stage)
{
    char garbage[4096];
    struct stat status;
    by_hand(stage, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(stage->other);
    stage->other = NULL;
    memset(garbage, 'x', sizeof(garbage));
    int file = open(stage->path, O_WRONLY);
    assert_int_equal(fstat(file, &status), 0);
    for (off_t at = 4096; at < status.st_size; at += (off_t)sizeof(garbage)) {
        assert_int_equal(pwrite(file, garbage, sizeof(garbage), at),
                         sizeof(garbage));
    }
    close(file);
}

static void
shorten_it(struct stage *stage)
{
    by_hand(stage, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(stage->other);
    stage->other = NULL;
    assert_int_equal(truncate(stage->path, 8192), 0);
}

static const struct {
    void (*begin)(struct stage *stage);
    void (*end)(struct stage *stage); /* NULL: the keeper mends it itself */
    enum digest digest;
    const char *said;
} faults[] = {
    {lock, unlock, DIGEST_ALL, "another program holds it"},
    {remove_it, NULL, DIGEST_RENEWED, "was removed or replaced"},
    {move_it, NULL, DIGEST_RENEWED, "was removed or replaced"},
    {empty_it, NULL, DIGEST_RENEWED, "was emptied"},
    {replace_it, NULL, DIGEST_RENEWED, "was removed or replaced"},
    {spoil_it, NULL, DIGEST_RENEWED, ".corrupt-20261123T191500Z"},
    {shorten_it, NULL, DIGEST_RENEWED, ".corrupt-20261123T191500Z"},
};

static void
play(struct world *world, size_t row, size_t parts)
{
    struct stage stage = {0};
    struct slice text = buf_slice(&world->text);
    stage_start(&stage, world, COMMAND_WATCH);
    for (size_t i = 0; i < parts; i++) {
        size_t from = text.len * i / parts;
        size_t to = text.len * (i + 1) / parts;
        stage_feed(&stage, slice_of(text.data + from, to - from));
        if (i == 1) {
            faults[row].begin(&stage);
        }
        stage_flush(&stage);
        if (i == 1) {
            assert_said(&stage, faults[row].said);
            assert_true(keeper_has_failed(stage.keeper)
                        == (faults[row].end != NULL));
        }
        if (i == 2 && faults[row].end) {
            assert_int_equal(stage.said.len, 0); /* said once */
            faults[row].end(&stage);
        }
    }
    stage_end(&stage);
    assert_false(keeper_has_failed(stage.keeper));
    stage_free(&stage);
}

static void
clear(struct world *world)
{
    static const char *const names[] = {"h.db", "h.db-wal", "h.db-shm"};
    for (size_t i = 0; i < COUNT(names); i++) {
        unlink(scratch_path(world->scratch, names[i]));
    }
}

static void
counts_are_those_of_a_run_without_a_fault(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf expected = {0};
    struct buf actual = {0};
    river_run(&run, world, "whole.db", buf_slice(&world->text), SIZE_MAX);
    river_kill(&run);
    for (size_t i = 0; i < COUNT(faults); i++) {
        river_tell_history(world, "whole.db", faults[i].digest, &expected);
        play(world, i, 5);
        river_tell_history(world, "h.db", faults[i].digest, &actual);
        assert_string_equal(buf_string(&actual), buf_string(&expected));
        clear(world);
    }
    buf_free(&expected);
    buf_free(&actual);
}

static void
a_file_that_was_moved_has_all_that_was_written(void **state)
{
    struct world *world = *state;
    struct stage stage = {0};
    struct buf before = {0};
    struct buf moved = {0};
    stage_start(&stage, world, COMMAND_WATCH);
    stage_feed(&stage, buf_slice(&world->text));
    stage_flush(&stage);
    river_tell_history(world, "h.db", DIGEST_ALL, &before);
    move_it(&stage);
    stage_flush(&stage);
    river_tell_history(world, "h.db.moved", DIGEST_ALL, &moved);
    assert_string_equal(buf_string(&moved), buf_string(&before));
    stage_end(&stage);
    stage_free(&stage);
    buf_free(&before);
    buf_free(&moved);
}

static void
says_what_is_lost_with_a_file(void **state)
{
    struct world *world = *state;
    struct run run;
    struct stage stage = {0};
    river_run(&run, world, "h.db", buf_slice(&world->text), SIZE_MAX);
    size_t count = ledger_count(run.ledger);
    river_kill(&run);
    assert_true(count > 2);
    stage_start(&stage, world, COMMAND_WATCH);
    remove_it(&stage);
    stage_flush(&stage);
    assert_said(&stage, "lost with it: 11 incidents of earlier runs");
    stage_end(&stage);
    stage_free(&stage);
}

/* A lock costs some ten milliseconds at a try, and tries become rare. */
static void
pauses_grow_while_it_is_locked(void **state)
{
    struct stage stage = {0};
    stage_start(&stage, *state, COMMAND_WATCH);
    stage_feed(&stage, slice_from(river_story));
    lock(&stage);
    int64_t spent = 0;
    hush(&stage);
    for (int i = 0; i < 60; i++) {
        struct timespec from;
        struct timespec to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        keeper_flush(stage.keeper, stage.pipeline, i * STAMP_SECOND);
        clock_gettime(CLOCK_MONOTONIC, &to);
        spent += (to.tv_sec - from.tv_sec) * STAMP_SECOND
               + (to.tv_nsec - from.tv_nsec) / 1000;
    }
    unhush(&stage);
    assert_true(spent < 2 * STAMP_SECOND); /* 10 tries of 20 ms, and slack */
    unlock(&stage);
    stage_flush(&stage);
    assert_said(&stage, "is written again");
    stage_end(&stage);
    stage_free(&stage);
}

/* What cannot be opened at the start is opened later, and then has it all. */
static void
a_history_that_comes_late_gets_it_all(void **state)
{
    struct world *world = *state;
    struct stage stage = {0};
    struct run run;
    struct buf expected = {0};
    struct buf actual = {0};
    river_run(&run, world, "whole.db", buf_slice(&world->text), SIZE_MAX);
    river_kill(&run);
    assert_int_equal(mkdir(scratch_path(world->scratch, "h.db"), 0700), 0);
    stage_start(&stage, world, COMMAND_WATCH);
    assert_said(&stage, "findings go on");
    assert_said(&stage, "as if they were never read");
    stage_feed(&stage, buf_slice(&world->text));
    stage_flush(&stage);
    assert_int_equal(stage.said.len, 0);
    assert_int_equal(rmdir(stage.path), 0);
    stage_flush(&stage);
    assert_said(&stage, "is written again; 15 failures that waited");
    stage_end(&stage);
    stage_free(&stage);
    river_tell_history(world, "whole.db", DIGEST_ALL, &expected);
    river_tell_history(world, "h.db", DIGEST_ALL, &actual);
    assert_string_equal(buf_string(&actual), buf_string(&expected));
    buf_free(&expected);
    buf_free(&actual);
}

/* How many failures the history counted. */
static int
count_in(struct world *world, const char *db)
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
    return count;
}

static size_t
lines_len(struct slice text, int lines)
{
    struct slice line;
    struct slice rest = text;
    while (lines-- > 0) {
        assert_true(slice_cut(&rest, '\n', &line));
    }
    return text.len - rest.len;
}

/*
 * Nobody knew the marks. What was read of what the history has is counted
 * twice, which is told to the byte; the rest of it is not.
 */
static void
tells_what_a_late_history_had_counted(void **state)
{
    struct world *world = *state;
    struct slice text = buf_slice(&world->text);
    size_t read = lines_len(text, 3);
    struct stage stage = {0};
    struct run run;
    char words[128];
    char kept[640];
    river_run(&run, world, "whole.db", text, SIZE_MAX);
    river_kill(&run);
    river_run(&run, world, "twice.db", slice_before(text, read), SIZE_MAX);
    river_kill(&run);
    river_run(&run, world, "kept.db", slice_before(text, lines_len(text, 30)),
              SIZE_MAX);
    river_kill(&run);
    assert_int_equal(mkdir(scratch_path(world->scratch, "h.db"), 0700), 0);
    stage_start(&stage, world, COMMAND_WATCH);
    stage_feed(&stage, slice_before(text, read));
    assert_int_equal(rmdir(stage.path), 0);
    snprintf(kept, sizeof(kept), "%s", scratch_path(world->scratch, "kept.db"));
    assert_int_equal(rename(kept, stage.path), 0);
    stage_flush(&stage);
    snprintf(words, sizeof(words), "%zu bytes were read while", read);
    assert_said(&stage, words);
    stage_feed(&stage, slice_after(text, read));
    stage_end(&stage);
    stage_free(&stage);
    assert_true(count_in(world, "twice.db") > 0);
    assert_int_equal(count_in(world, "h.db"),
                     count_in(world, "whole.db") + count_in(world, "twice.db"));
}

/* And what came between the last run's mark and this one's start. */
static void
tells_what_was_passed_over(void **state)
{
    struct world *world = *state;
    struct slice text = buf_slice(&world->text);
    struct checkpoint mark = {.identity = SLICE("file:9:9:9")};
    struct stage stage = {0};
    struct fault fault = {0};
    struct history *history = history_open(
        scratch_path(world->scratch, "kept.db"), world->catalog, &fault);
    struct ledger *ledger = ledger_new(world->catalog);
    char kept[640];
    mark.position = 1000;
    assert_true(history_flush(history, ledger, &mark, 1, &fault));
    history_close(history);
    ledger_free(ledger);
    snprintf(kept, sizeof(kept), "%s", scratch_path(world->scratch, "kept.db"));
    assert_int_equal(mkdir(scratch_path(world->scratch, "h.db"), 0700), 0);
    stage_start(&stage, world, COMMAND_WATCH);
    mark.position = mark.resume = 1500;
    struct origin *origin = pipeline_resume(stage.pipeline, "b.log", &mark);
    pipeline_feed(stage.pipeline, origin, text, RIVER_NOW);
    assert_int_equal(rmdir(stage.path), 0);
    assert_int_equal(rename(kept, stage.path), 0);
    stage_flush(&stage);
    assert_said(&stage, "500 bytes that came before this run are passed over");
    stage_end(&stage);
    stage_free(&stage);
}

/* A one-shot run that does not know what was counted must not count. */
static void
an_analysis_without_a_history_goes_on_without(void **state)
{
    struct world *world = *state;
    struct stage stage = {0};
    assert_int_equal(mkdir(scratch_path(world->scratch, "h.db"), 0700), 0);
    stage_start(&stage, world, COMMAND_ANALYZE);
    assert_said(&stage, "this run is not remembered");
    stage_feed(&stage, buf_slice(&world->text));
    assert_int_equal(rmdir(stage.path), 0);
    stage_flush(&stage);
    stage_end(&stage);
    assert_true(keeper_has_failed(stage.keeper));
    assert_int_not_equal(access(stage.path, F_OK), 0);
    stage_free(&stage);
}

/* What could not be written till the end is told with its number. */
static void
tells_what_is_left_at_the_end(void **state)
{
    struct stage stage = {0};
    stage_start(&stage, *state, COMMAND_WATCH);
    stage_feed(&stage, slice_from(river_story));
    lock(&stage);
    stage_end(&stage);
    assert_said(&stage, "2 failures of 2 incidents are not in history");
    assert_true(keeper_has_failed(stage.keeper));
    unlock(&stage);
    stage_free(&stage);
}

/* Marks of ended sources wait as well, but not without bound. */
static void
what_waits_is_bounded(void **state)
{
    struct stage stage = {0};
    struct pipeline_statistics seen;
    char identity[64];
    stage_start(&stage, *state, COMMAND_WATCH);
    lock(&stage);
    for (int i = 0; i < PIPELINE_WAITING + 10; i++) {
        snprintf(identity, sizeof(identity), "file:1:%d:4", i);
        const struct checkpoint mark = {.identity = slice_from(identity)};
        struct origin *origin =
            pipeline_resume(stage.pipeline, "pod.log", &mark);
        pipeline_feed(stage.pipeline, origin, SLICE("nothing\n"), RIVER_NOW);
        pipeline_close(stage.pipeline, origin, RIVER_NOW);
    }
    pipeline_tick(stage.pipeline, RIVER_NOW); /* before anybody has them */
    stage_flush(&stage);
    pipeline_statistics(stage.pipeline, &seen);
    assert_int_equal(seen.lines, PIPELINE_WAITING + 10);
    assert_int_equal(seen.waiting_marks, PIPELINE_WAITING);
    assert_int_equal(seen.lost_marks, 10);
    unlock(&stage);
    stage_flush(&stage);
    pipeline_statistics(stage.pipeline, &seen);
    assert_int_equal(seen.waiting_marks, 0);
    assert_int_equal(seen.lines, PIPELINE_WAITING + 10);
    struct source_mark mark;
    assert_true(keeper_recall(stage.keeper, "file:1:500:4", &mark));
    assert_int_equal(mark.position, strlen("nothing\n"));
    stage_end(&stage);
    stage_free(&stage);
}

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_are_those_of_a_run_without_a_fault),
        TEST(a_file_that_was_moved_has_all_that_was_written),
        TEST(says_what_is_lost_with_a_file),
        TEST(pauses_grow_while_it_is_locked),
        TEST(a_history_that_comes_late_gets_it_all),
        TEST(tells_what_a_late_history_had_counted),
        TEST(tells_what_was_passed_over),
        TEST(an_analysis_without_a_history_goes_on_without),
        TEST(tells_what_is_left_at_the_end),
        TEST(what_waits_is_bounded),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
