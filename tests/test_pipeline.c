/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"
#include "text.h"

#include <string.h>

static void
assert_same(struct buf *is, struct buf *expected, const char *what, size_t at)
{
    if (!slice_equal(buf_slice(is), buf_slice(expected))) {
        fail_msg("%s at %zu\nis:\n%s\nexpected:\n%s", what, at, buf_string(is),
                 buf_string(expected));
    }
}

static const char *
named(char out[32], const char *name, size_t number)
{
    snprintf(out, 32, "%s-%zu.db", name, number);
    return out;
}

static void
finds_what_the_story_tells(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf told = {0};
    struct pipeline_statistics seen;
    river_run(&run, world, NULL, slice_from(river_story), SIZE_MAX);
    river_tell_ledger(&run, &told);
    assert_text(buf_slice(&told), "image-not-found|xenia.azurecr.io/web:1 open "
                                  "1 times, 0 pods, 1 nodes, 1\n"
                                  "image-not-found|xenia.azurecr.io/web:1 "
                                  "resolved 1 times, 2 pods, 2 nodes, "
                                  "1\n");
    assert_text(buf_slice(&run.changes),
                "opened backoff|xenia.azurecr.io/web:1\n"
                "updated backoff|xenia.azurecr.io/web:1\n"
                "opened image-not-found|xenia.azurecr.io/web:1\n"
                "updated image-not-found|xenia.azurecr.io/web:1\n"
                "resolved image-not-found|xenia.azurecr.io/web:1\n"
                "reopened image-not-found|xenia.azurecr.io/web:1\n");
    pipeline_statistics(run.pipeline, &seen);
    assert_int_equal(seen.lines, 7);
    assert_int_equal(seen.failures, 5);
    assert_int_equal(seen.successes, 2);
    river_kill(&run);
    buf_free(&told);
}

static void
bytes_in_any_pieces_are_the_same(void **state)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 7, 100, 4096, 9999};
    struct world *world = *state;
    struct buf ledgers[2] = {{0}, {0}};
    struct buf histories[2] = {{0}, {0}};
    struct buf changes = {0};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct run run;
        char db[32];
        named(db, "pieces", i);
        river_run(&run, world, db, buf_slice(&world->text), pieces[i]);
        river_tell_ledger(&run, &ledgers[i > 0]);
        river_tell_history(world, db, DIGEST_ALL, &histories[i > 0]);
        if (i == 0) {
            buf_add(&changes, buf_slice(&run.changes));
            assert_true(ledger_count(run.ledger) > 10);
        } else {
            assert_same(&ledgers[1], &ledgers[0], "ledger", pieces[i]);
            assert_same(&histories[1], &histories[0], "history", pieces[i]);
            assert_same(&run.changes, &changes, "changes", pieces[i]);
        }
        river_kill(&run);
    }
    for (size_t i = 0; i < 2; i++) {
        buf_free(&ledgers[i]);
        buf_free(&histories[i]);
    }
    buf_free(&changes);
}

static void
a_second_run_adds_nothing(void **state)
{
    struct world *world = *state;
    struct slice text = buf_slice(&world->text);
    struct buf told[2] = {{0}, {0}};
    struct buf kept[2] = {{0}, {0}};
    for (size_t i = 0; i < 3; i++) {
        struct run run;
        river_run(&run, world, "twice.db", text, SIZE_MAX);
        river_tell_ledger(&run, &told[i > 0]);
        river_tell_history(world, "twice.db", DIGEST_ALL, &kept[i > 0]);
        if (i > 0) {
            struct pipeline_statistics seen;
            assert_same(&kept[1], &kept[0], "history", i);
            assert_int_equal(run.counted, text.len);
            pipeline_statistics(run.pipeline, &seen);
            assert_true(seen.failures > 20);
        }
        river_kill(&run);
    }
    for (size_t i = 0; i < 2; i++) {
        buf_free(&told[i]);
        buf_free(&kept[i]);
    }
}

/* Of what was read before the report still tells how often, and of whom. */
static void
a_second_run_reports_as_the_first(void **state)
{
    struct world *world = *state;
    struct slice sample =
        slice_after(buf_slice(&world->text), strlen(river_story));
    struct buf told[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        river_run(&run, world, "report.db", sample, SIZE_MAX);
        river_tell_ledger(&run, &told[i]);
        river_kill(&run);
    }
    assert_same(&told[1], &told[0], "report", 0);
    buf_free(&told[0]);
    buf_free(&told[1]);
}

/* The end of each line of a text; returns how many there are. */
static size_t
line_ends(struct slice text, size_t *ends, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n' && count < room) {
            ends[count++] = i + 1;
        }
    }
    return count;
}

static void
what_was_appended_is_added(void **state)
{
    struct world *world = *state;
    struct slice text = buf_slice(&world->text);
    size_t ends[256];
    size_t count = line_ends(text, ends, COUNT(ends));
    struct buf whole = {0};
    struct buf parts = {0};
    struct run run;
    river_run(&run, world, "whole.db", text, SIZE_MAX);
    river_kill(&run);
    river_tell_history(world, "whole.db", DIGEST_COUNTS, &whole);
    for (size_t i = 0; i < count; i += 3) {
        char db[32];
        named(db, "append", i);
        river_run(&run, world, db, slice_before(text, ends[i]), SIZE_MAX);
        river_kill(&run);
        river_run(&run, world, db, text, SIZE_MAX);
        assert_int_equal(run.counted, ends[i]);
        river_kill(&run);
        river_tell_history(world, db, DIGEST_COUNTS, &parts);
        assert_same(&parts, &whole, "appended", i);
    }
    buf_free(&whole);
    buf_free(&parts);
}

/* Killed between two flushes: nothing is lost, and nothing counted twice. */
static void
a_killed_run_is_made_up_for(void **state)
{
    struct world *world = *state;
    struct slice text = buf_slice(&world->text);
    size_t ends[256];
    size_t count = line_ends(text, ends, COUNT(ends));
    struct buf whole = {0};
    struct buf parts = {0};
    struct run run;
    river_run(&run, world, "whole.db", text, SIZE_MAX);
    river_kill(&run);
    river_tell_history(world, "whole.db", DIGEST_COUNTS, &whole);
    for (size_t i = 1; i < count; i += 3) {
        char db[32];
        size_t killed = ends[i] + (text.len - ends[i]) / 3;
        named(db, "kill", i);
        river_start(&run, world, db);
        river_feed(&run, slice_before(text, ends[i / 2] + 5), SIZE_MAX);
        river_flush(&run);
        river_feed(&run,
                   slice_after(slice_before(text, ends[i]), ends[i / 2] + 5),
                   SIZE_MAX);
        river_flush(&run);
        river_feed(&run, slice_after(slice_before(text, killed), ends[i]),
                   1000);
        river_kill(&run);
        river_run(&run, world, db, text, 1000);
        /* A row that may go on is not told yet. */
        assert_true(run.counted == ends[i] || run.counted == ends[i - 1]);
        river_kill(&run);
        river_tell_history(world, db, DIGEST_COUNTS, &parts);
        assert_same(&parts, &whole, "killed", i);
    }
    buf_free(&whole);
    buf_free(&parts);
}

/* A line that is still being written, at each of its bytes. */
static void
a_torn_last_line_is_counted_once(void **state)
{
    struct world *world = *state;
    size_t ends[8];
    struct slice text = slice_from(river_story);
    assert_int_equal(line_ends(text, ends, COUNT(ends)), 7);
    text = slice_before(text, ends[2]);
    struct buf kept = {0};
    for (size_t at = ends[1]; at < ends[2]; at += 10) {
        struct run run;
        char db[32];
        named(db, "torn", at);
        river_run(&run, world, db, slice_before(text, at), SIZE_MAX);
        river_kill(&run);
        river_run(&run, world, db, text, SIZE_MAX);
        /* what is torn behind these words has told its cause already */
        bool is_told = slice_find(slice_before(text, at),
                                  SLICE("failed to resolve reference"))
                    != SLICE_NONE;
        assert_int_equal(ledger_count(run.ledger) > 1, !is_told);
        river_kill(&run);
        river_tell_history(world, db, DIGEST_COUNTS, &kept);
        if (slice_find(buf_slice(&kept), SLICE("|open|")) == SLICE_NONE
            || slice_find(buf_slice(&kept), SLICE("|-|1|\n")) == SLICE_NONE) {
            fail_msg("torn at %zu:\n%s", at, buf_string(&kept));
        }
    }
    buf_free(&kept);
}

static void
a_last_line_needs_no_newline(void **state)
{
    struct world *world = *state;
    struct slice text = slice_from(river_story);
    struct buf kept[2] = {{0}, {0}};
    text.len--;
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        river_run(&run, world, "end.db", text, SIZE_MAX);
        assert_int_equal(run.counted, i * text.len);
        river_kill(&run);
        river_tell_history(world, "end.db", DIGEST_ALL, &kept[i]);
    }
    assert_same(&kept[1], &kept[0], "history", 0);
    buf_free(&kept[0]);
    buf_free(&kept[1]);
}

/* A piece whose other pieces never came, which is told behind the last line. */
static void
what_is_told_at_the_end_is_counted_once(void **state)
{
    struct world *world = *state;
    struct buf kept[2] = {{0}, {0}};
    struct slice text =
        SLICE("2026-11-23T15:00:00.1Z stderr P Failed to pull image "
              "\"xenia.azurecr.io/web:1\": manifest unknown\n");
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        struct pipeline_statistics seen;
        river_run(&run, world, "piece.db", text, SIZE_MAX);
        pipeline_statistics(run.pipeline, &seen);
        assert_int_equal(seen.failures, 1);
        river_kill(&run);
        river_tell_history(world, "piece.db", DIGEST_ALL, &kept[i]);
    }
    assert_same(&kept[1], &kept[0], "history", 0);
    buf_free(&kept[0]);
    buf_free(&kept[1]);
}

#define ROW(age, image)                                                       \
    "shop   " age "   Warning   Failed   Pod/web-0   Failed to pull image "   \
    "\"xenia.azurecr.io/" image "\": unexpected status from HEAD request to " \
    "https://xenia.azurecr.io/v2/" image "/manifests/1: 403 Forbidden\n"

static const char rows_of_two_lines[] =
    ROW("5m",
        "a:1") "denied: client with IP '20.61.97.14' is not allowed "
               "access\n" ROW("4m", "b:1") ROW(
                   "3m",
                   "c:1") "denied: client with IP '20.61.97.14' is not allowed "
                          "access\n";

/* Killed behind any line; but a row that waits too long is told without. */
static void
a_row_that_goes_on_is_counted_once(void **state)
{
    struct world *world = *state;
    struct slice text = slice_from(rows_of_two_lines);
    size_t ends[8];
    size_t count = line_ends(text, ends, COUNT(ends));
    struct buf whole = {0};
    struct buf parts = {0};
    struct run run;
    assert_int_equal(count, 5);
    river_run(&run, world, "rows.db", text, SIZE_MAX);
    river_kill(&run);
    river_tell_history(world, "rows.db", DIGEST_COUNTS, &whole);
    assert_int_not_equal(
        slice_find(buf_slice(&whole), SLICE("firewall-denied")), SLICE_NONE);
    for (size_t i = 0; i < 2 * count; i++) {
        char db[32];
        size_t end = ends[i / 2];
        bool is_torn = i / 2 == 0 || i / 2 == 3;
        named(db, "rows", i);
        river_start(&run, world, db);
        river_feed(&run, slice_before(text, end), 50);
        for (size_t tick = 0; tick < 3 * (i % 2) && !is_torn; tick++) {
            pipeline_tick(run.pipeline, RIVER_NOW);
        }
        river_flush(&run);
        river_kill(&run);
        river_run(&run, world, db, text, 1000);
        river_kill(&run);
        river_tell_history(world, db, DIGEST_COUNTS, &parts);
        assert_same(&parts, &whole, "killed", i);
    }
    buf_free(&whole);
    buf_free(&parts);
}

/* The last row of a stream is not kept back until another comes. */
static void
a_row_waits_for_two_ticks(void **state)
{
    struct world *world = *state;
    struct run run;
    struct pipeline_statistics seen;
    struct slice text = slice_from(rows_of_two_lines);
    river_start(&run, world, NULL);
    river_feed(&run, slice_before(text, slice_find_byte(text, '\n') + 1), 9);
    for (uint64_t i = 0; i < 3; i++) {
        pipeline_statistics(run.pipeline, &seen);
        assert_int_equal(seen.failures, i / 2);
        pipeline_tick(run.pipeline, RIVER_NOW);
    }
    pipeline_end(run.pipeline, run.origin, RIVER_NOW);
    pipeline_statistics(run.pipeline, &seen);
    assert_int_equal(seen.failures, 1);
    river_kill(&run);
}

/* Its mark waits for the history; nothing else is left of it. */
static void
a_tick_passes_over_what_is_closed(void **state)
{
    struct world *world = *state;
    struct run run;
    const struct checkpoint mark = {.identity = SLICE("file:1:2:3")};
    river_start(&run, world, "h.db");
    struct origin *origin = pipeline_resume(run.pipeline, "b.log", &mark);
    pipeline_close(run.pipeline, origin, RIVER_NOW);
    pipeline_tick(run.pipeline, RIVER_NOW);
    river_flush(&run);
    pipeline_tick(run.pipeline, RIVER_NOW);
    river_kill(&run);
}

/* What cannot be read twice is counted each time. */
static void
a_pipe_has_no_checkpoint(void **state)
{
    struct world *world = *state;
    struct buf kept = {0};
    for (int i = 0; i < 2; i++) {
        struct run run;
        river_start(&run, world, "pipe.db");
        run.origin = pipeline_origin(run.pipeline, "stdin", "", 0);
        river_feed(&run, slice_from(river_story), SIZE_MAX);
        pipeline_end(run.pipeline, run.origin, RIVER_NOW);
        river_flush(&run);
        river_kill(&run);
    }
    river_tell_history(world, "pipe.db", DIGEST_ALL, &kept);
    assert_int_equal(slice_find(buf_slice(&kept), SLICE("stdin")), SLICE_NONE);
    assert_int_not_equal(slice_find(buf_slice(&kept), SLICE("-|3|\n")),
                         SLICE_NONE);
    buf_free(&kept);
}

static void
what_is_older_than_since_is_passed_over(void **state)
{
    struct world *world = *state;
    struct run run = {.world = world};
    struct pipeline_statistics seen;
    run.ledger = ledger_new(world->catalog);
    const struct pipeline_config config = {
        .catalog = world->catalog,
        .ledger = run.ledger,
        .format = FORMATS,
        .since = RIVER_NOW - 4 * STAMP_HOUR, /* 15:15 */
        .on_change = river_on_change,
        .ctx = &run,
    };
    run.pipeline = pipeline_new(&config);
    run.origin = pipeline_origin(run.pipeline, "a.log", "", 0);
    river_feed(&run, slice_from(river_story), SIZE_MAX);
    pipeline_end(run.pipeline, run.origin, RIVER_NOW);
    pipeline_statistics(run.pipeline, &seen);
    assert_int_equal(seen.lines, 7);
    assert_int_equal(seen.failures, 1);
    assert_int_equal(seen.successes, 0);
    river_kill(&run);
}

/* What the options say fills what the line does not say, and only that. */
static void
context_fills_what_is_unknown(void **state)
{
    struct world *world = *state;
    struct run run = {.world = world};
    struct facts context = {0};
    context.value[FACT_NODE] = SLICE("from-option");
    context.value[FACT_CLUSTER] = SLICE("prod");
    context.value[FACT_NAMESPACE] = SLICE("from-option");
    run.ledger = ledger_new(world->catalog);
    const struct pipeline_config config = {.catalog = world->catalog,
                                           .ledger = run.ledger,
                                           .context = &context,
                                           .format = FORMATS,
                                           .on_change = river_on_change,
                                           .ctx = &run};
    run.pipeline = pipeline_new(&config);
    run.origin = pipeline_origin(run.pipeline, "a.log", "", 0);
    river_feed(&run, slice_from(river_story), SIZE_MAX);
    pipeline_end(run.pipeline, run.origin, RIVER_NOW);
    struct facts facts;
    incident_facts(ledger_at(run.ledger, 0), &facts);
    assert_text(facts.value[FACT_NODE], "node-a");
    assert_text(facts.value[FACT_NAMESPACE], "shop");
    assert_text(facts.value[FACT_CLUSTER], "prod");
    assert_text(facts.value[FACT_VENDOR], "acr");
    assert_text(facts.value[FACT_ACR_NAME], "xenia");
    river_kill(&run);
}

static void
quiet_is_what_nothing_is_read_of(void **state)
{
    struct world *world = *state;
    struct run run;
    river_run(&run, world, NULL, slice_from(river_story), SIZE_MAX);
    buf_clear(&run.changes);
    /* The log is hours old, but it was read just now. */
    pipeline_tick(run.pipeline, RIVER_NOW + STAMP_MINUTE);
    assert_text(buf_slice(&run.changes), "");
    pipeline_tick(run.pipeline, RIVER_NOW + STAMP_DAY);
    assert_text(buf_slice(&run.changes),
                "quiet image-not-found|xenia.azurecr.io/web:1\n");
    river_kill(&run);
}

/* A line may be kept for what belongs to it, until nothing came for a while;
 * whatever tells it, it is counted and marked at once. */
static void
what_a_tick_tells_moves_the_mark(void **state)
{
    static const char line[] =
        "time=\"2026-11-23T19:14:00Z\" level=error msg=\"PullImage "
        "\\\"a.example/b:1\\\" failed\" error=\"rpc error: code = NotFound "
        "desc = failed to pull and unpack image \\\"a.example/b:1\\\": failed "
        "to resolve reference \\\"a.example/b:1\\\": a.example/b:1: not "
        "found\"\n";
    const struct checkpoint mark = {.identity = SLICE("file:7:7:7")};
    const struct checkpoint other = {.identity = SLICE("file:7:7:8")};
    struct run run;
    river_start(&run, *state, "h.db");
    struct origin *gone = pipeline_resume(run.pipeline, "gone", &other);
    struct origin *origin = pipeline_resume(run.pipeline, "x", &mark);
    pipeline_close(run.pipeline, gone, RIVER_NOW);
    pipeline_feed(run.pipeline, origin, slice_from(line), RIVER_NOW);
    pipeline_tick(run.pipeline, RIVER_NOW); /* one is closed, which is fine */
    river_flush(&run);
    for (int i = 0; i < 3; i++) {
        pipeline_tick(run.pipeline, RIVER_NOW);
    }
    river_flush(&run);
    assert_int_equal(river_position(&run, mark.identity), sizeof(line) - 1);
    river_kill(&run);
}

/*
 * A file that was closed, and then was written to again, is two origins of one
 * identity. The later one's mark stands; until it has caught up, the other's.
 */
static void
the_later_origin_of_a_file_marks_it(void **state)
{
    static const char text[] = "one\ntwo\nthree\nfour\nfive\n";

    enum {
        CLOSED_AT = 8,
    };
    const struct slice whole = slice_of(text, sizeof(text) - 1);
    const struct slice head = slice_before(whole, CLOSED_AT);
    struct checkpoint mark = {.identity = SLICE("file:7:7:7")};
    struct run run;
    river_start(&run, *state, "h.db");
    struct origin *origin = pipeline_resume(run.pipeline, "x", &mark);
    pipeline_feed(run.pipeline, origin, head, RIVER_NOW);
    pipeline_mark(run.pipeline, origin, &mark);
    pipeline_close(run.pipeline, origin, RIVER_NOW);
    mark.position = CLOSED_AT;
    origin = pipeline_resume(run.pipeline, "x", &mark); /* from its start */
    pipeline_feed(run.pipeline, origin, slice_before(head, 4), RIVER_NOW);
    river_flush(&run);
    assert_int_equal(river_position(&run, mark.identity), CLOSED_AT);
    pipeline_feed(run.pipeline, origin, slice_after(head, 4), RIVER_NOW);
    pipeline_mark(run.pipeline, origin, &mark);
    pipeline_close(run.pipeline, origin, RIVER_NOW);
    mark.resume = CLOSED_AT;
    origin = pipeline_resume(run.pipeline, "x", &mark);
    pipeline_feed(run.pipeline, origin, slice_after(whole, CLOSED_AT),
                  RIVER_NOW);
    pipeline_mark(run.pipeline, origin, &mark);
    river_flush(&run);
    assert_int_equal(river_position(&run, mark.identity), whole.len);
    river_kill(&run);
}

/* As the kubelet of 1.32 and later says it at each of its rounds. */
#define SYNC(time, pod, reason, words)                                      \
    "E1123 " time ".000001    9 pod_workers.go:1301] \"Error syncing pod, " \
    "skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"web\\\" "    \
    "with " reason ": \\\"" words                                           \
    "x.io/web:1: not found\\\"\" pod=\"shop/" pod "\"\n"
#define FAILS(time, pod) SYNC(time, pod, "ErrImagePull", "failed to resolve: ")
#define WAITS(time, pod)                \
    SYNC(time, pod, "ImagePullBackOff", \
         "Back-off pulling image \\\\\\\"x.io/web:1\\\\\\\": ErrImagePull: ")

static void
a_pod_that_waits_does_not_fail_again(void **state)
{
    static const char text[] =
        FAILS("15:00:00", "a") WAITS("15:00:09", "a") WAITS("15:00:21", "a")
            WAITS("15:00:33", "b") WAITS("15:00:45", "b") FAILS("15:01:00", "a")
                WAITS("15:01:12", "a") WAITS("15:01:24", "a");
    for (int i = 0; i < 3; i++) { /* twice into the same history */
        struct run run;
        river_run(&run, *state, i < 2 ? "h.db" : "other.db",
                  slice_of(text, sizeof(text) - 1), i < 2 ? SIZE_MAX : 7);
        assert_int_equal(ledger_count(run.ledger), 1);
        assert_int_equal(ledger_at(run.ledger, 0)->count, 3);
        assert_int_equal(incident_pods(ledger_at(run.ledger, 0)), 2);
        river_kill(&run);
    }
}

#define IN_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, river_open_folder, river_close_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_the_story_tells),
        IN_WORLD(bytes_in_any_pieces_are_the_same),
        IN_WORLD(a_second_run_adds_nothing),
        IN_WORLD(a_second_run_reports_as_the_first),
        IN_WORLD(what_was_appended_is_added),
        IN_WORLD(a_killed_run_is_made_up_for),
        IN_WORLD(a_torn_last_line_is_counted_once),
        IN_WORLD(a_last_line_needs_no_newline),
        IN_WORLD(what_is_told_at_the_end_is_counted_once),
        IN_WORLD(a_row_that_goes_on_is_counted_once),
        IN_WORLD(a_tick_passes_over_what_is_closed),
        IN_WORLD(a_row_waits_for_two_ticks),
        IN_WORLD(a_pipe_has_no_checkpoint),
        cmocka_unit_test(what_is_older_than_since_is_passed_over),
        cmocka_unit_test(context_fills_what_is_unknown),
        cmocka_unit_test(quiet_is_what_nothing_is_read_of),
        IN_WORLD(what_a_tick_tells_moves_the_mark),
        IN_WORLD(the_later_origin_of_a_file_marks_it),
        IN_WORLD(a_pod_that_waits_does_not_fail_again),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
