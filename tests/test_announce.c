/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"
#include "sight.h"
#include "text.h"

#define MS (STAMP_SECOND / 1000)

/* The renderers of this test: one short line for each thing that is told. */
void
render_text_incident(struct buf *out, const struct report_style *style,
                     const struct incident *incident, enum change change)
{
    (void)style;
    buf_print(out, "%s %.*s\n", change_name(change), SLICE_ARG(incident->key));
}

void
render_json_incident(struct buf *out, const struct report_style *style,
                     const struct incident *incident, enum change change)
{
    (void)style;
    buf_print(out, "{%s %.*s}\n", change_name(change),
              SLICE_ARG(incident->key));
}

void
render_text_summary(struct buf *out, const struct report_style *style,
                    const struct incident *const *incidents, size_t count)
{
    (void)style;
    buf_add_text(out, "summary");
    for (size_t i = 0; i < count; i++) {
        buf_print(out, " %.*s", SLICE_ARG(incidents[i]->key));
    }
    buf_add_byte(out, '\n');
}

struct stage {
    struct ledger *ledger;
    struct announce *announce;
    struct buf out;
};

static void
open_stage(struct stage *stage, enum output output)
{
    const struct report_style style = {.language = LANGUAGE_EN};
    *stage = (struct stage){.ledger = ledger_new(NULL),
                            .announce = announce_new(output, &style)};
}

static void
close_stage(struct stage *stage)
{
    announce_free(stage->announce);
    ledger_free(stage->ledger);
    buf_free(&stage->out);
}

/* A line that is read `ms` after the start of the program. */
static void
hear(struct stage *stage, int ms, const struct sight *sight)
{
    struct incident *incident;
    enum change change = sight_tell(stage->ledger, sight, &incident);
    for (; incident; incident = ledger_resolved(stage->ledger)) {
        announce_change(stage->announce, incident, change, ms * MS,
                        &stage->out);
        change = CHANGE_RESOLVED;
    }
}

/* What was told since the last call, and nothing else. */
static void
assert_told_at(struct stage *stage, const char *expected, int line)
{
    assert_text_at(buf_slice(&stage->out), slice_from(expected), __FILE__,
                   line);
    buf_clear(&stage->out);
}

static void
due(struct stage *stage, int ms)
{
    size_t len = stage->out.len;
    bool has_due = announce_has_due(stage->announce, ms * MS);
    announce_due(stage->announce, ms * MS, &stage->out);
    assert_true(has_due || stage->out.len == len);
}

#define HEAR(stage, ms, ...) \
    hear((stage), (ms), &(const struct sight){__VA_ARGS__})
#define TOLD(stage, expected) assert_told_at((stage), (expected), __LINE__)

/* The worst first; of equals the more frequent, then the earlier; over last. */
static void
a_file_is_told_at_its_end_the_worst_first(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "p", .image = "a:1");
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "q", .image = "b:1",
         .at = 9);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "r", .image = "c:1",
         .at = 8);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "s", .image = "d:1",
         .at = 10, .count = 2);
    HEAR(&stage, 0, .cause = &sight_refused, .pod = "t", .image = "x.io/e:1",
         .role = "sandbox");
    HEAR(&stage, 0, .pod = "t", .image = "x.io/e:1", .at = 60);
    due(&stage, 999999);
    TOLD(&stage, "");
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "opened missing|docker.io/d:1\n"
                 "opened missing|docker.io/c:1\n"
                 "opened missing|docker.io/b:1\n"
                 "opened stalled|docker.io/a:1\n"
                 "opened refused|x.io\n"
                 "summary missing|docker.io/d:1 missing|docker.io/c:1 "
                 "missing|docker.io/b:1 stalled|docker.io/a:1 refused|x.io\n");
    close_stage(&stage);
}

/* What mostly passes by itself is held back none the less. */
static void
a_stream_that_need_not_settle_is_told_at_once(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    announce_stream(stage.announce, false);
    announce_settle(stage.announce, 0);
    HEAR(&stage, 100, .cause = &sight_missing, .pod = "p", .image = "b:1");
    assert_true(announce_has_due(stage.announce, 100 * 1000));
    due(&stage, 100);
    TOLD(&stage, "opened missing|docker.io/b:1\n");
    HEAR(&stage, 200, .cause = &sight_stalled, .pod = "p", .image = "a:1");
    due(&stage, 100 + ANNOUNCE_HOLD_MS);
    TOLD(&stage, "");
    due(&stage, 200 + ANNOUNCE_HOLD_MS);
    TOLD(&stage, "opened stalled|docker.io/a:1\n");
    close_stage(&stage);
}

static void
a_stream_is_told_after_the_settling_time(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    announce_stream(stage.announce, false);
    HEAR(&stage, 100, .cause = &sight_refused, .pod = "p", .image = "x.io/a:1");
    HEAR(&stage, 900, .cause = &sight_missing, .pod = "p", .image = "b:1");
    HEAR(&stage, 950, .cause = &sight_refused, .pod = "q", .image = "x.io/a:1");
    due(&stage, ANNOUNCE_SETTLE_MS + 99);
    TOLD(&stage, "");
    due(&stage, ANNOUNCE_SETTLE_MS + 100);
    TOLD(&stage, "opened refused|x.io\n");
    due(&stage, ANNOUNCE_SETTLE_MS + 100);
    TOLD(&stage, "");
    /* What has not settled when the stream ends is told then. */
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "opened missing|docker.io/b:1\n"
                 "summary refused|x.io missing|docker.io/b:1\n");
    close_stage(&stage);
}

/* The start of the program is a moment like any other. */
static void
the_first_moment_is_none_apart(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    announce_stream(stage.announce, false);
    for (int i = 0; i < 3; i++) {
        HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    }
    due(&stage, ANNOUNCE_SETTLE_MS);
    TOLD(&stage, "opened missing|docker.io/b:1\n");
    close_stage(&stage);
}

static void
changes_are_a_line_each_and_growth_not_too_often(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    announce_stream(stage.announce, false);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    due(&stage, ANNOUNCE_SETTLE_MS);
    buf_clear(&stage.out);
    /* More of the same is no news, more pods are, but not at once. */
    HEAR(&stage, ANNOUNCE_PAUSE_MS, .cause = &sight_missing, .pod = "p",
         .image = "b:1");
    TOLD(&stage, "");
    HEAR(&stage, ANNOUNCE_PAUSE_MS - 1, .cause = &sight_missing, .pod = "q",
         .image = "b:1");
    TOLD(&stage, "");
    HEAR(&stage, ANNOUNCE_PAUSE_MS + 1, .cause = &sight_missing, .pod = "p",
         .image = "b:1");
    TOLD(&stage, "updated missing|docker.io/b:1\n");
    HEAR(&stage, 2 * ANNOUNCE_PAUSE_MS, .cause = &sight_missing, .pod = "r",
         .image = "b:1");
    TOLD(&stage, "");
    /* An end, and a new beginning, are told at once, or as a block. */
    HEAR(&stage, 2 * ANNOUNCE_PAUSE_MS, .image = "b:1", .at = 60);
    TOLD(&stage, "resolved missing|docker.io/b:1\n");
    HEAR(&stage, 2 * ANNOUNCE_PAUSE_MS, .cause = &sight_missing, .pod = "p",
         .image = "b:1", .at = 99);
    TOLD(&stage, "");
    due(&stage, 2 * ANNOUNCE_PAUSE_MS + ANNOUNCE_SETTLE_MS);
    /* The reader of a text needs the whole block once more. */
    TOLD(&stage, "opened missing|docker.io/b:1\n");
    close_stage(&stage);
}

/* Resolved before it was told: the block says so itself. */
static void
what_ended_while_it_settled_is_one_block(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    announce_stream(stage.announce, false);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    HEAR(&stage, 10, .pod = "p", .image = "b:1", .at = 9);
    due(&stage, ANNOUNCE_SETTLE_MS);
    TOLD(&stage, "opened missing|docker.io/b:1\n");
    close_stage(&stage);
}

static void
what_was_folded_is_never_told(void **state)
{
    (void)state;
    for (int is_stream = 0; is_stream < 2; is_stream++) {
        struct stage stage;
        open_stage(&stage, OUTPUT_TEXT);
        if (is_stream) {
            announce_stream(stage.announce, false);
        }
        HEAR(&stage, 0, .cause = &sight_backoff, .pod = "p", .image = "b:1");
        HEAR(&stage, 10, .cause = &sight_missing, .pod = "p", .image = "b:1");
        due(&stage, ANNOUNCE_SETTLE_MS + 10);
        announce_end(stage.announce, stage.ledger, &stage.out);
        TOLD(&stage, "opened missing|docker.io/b:1\n"
                     "summary missing|docker.io/b:1\n");
        close_stage(&stage);
    }
}

static void
json_is_an_object_a_change(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_JSON);
    announce_stream(stage.announce, false);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    due(&stage, ANNOUNCE_SETTLE_MS);
    HEAR(&stage, ANNOUNCE_PAUSE_MS + 1, .cause = &sight_missing, .pod = "q",
         .image = "b:1");
    HEAR(&stage, ANNOUNCE_PAUSE_MS + 2, .image = "b:1", .at = 60);
    HEAR(&stage, ANNOUNCE_PAUSE_MS + 3, .cause = &sight_missing, .pod = "q",
         .image = "b:1", .at = 90);
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "{opened missing|docker.io/b:1}\n"
                 "{updated missing|docker.io/b:1}\n"
                 "{resolved missing|docker.io/b:1}\n"
                 "{reopened missing|docker.io/b:1}\n");
    close_stage(&stage);
}

static void
none_is_nothing(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_NONE);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "");
    close_stage(&stage);
}

/* What only the history knows is not of this run. */
static void
the_summary_is_of_this_run(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_TEXT);
    const struct incident known = {.key = SLICE("missing|docker.io/old:1"),
                                   .cause = &sight_missing,
                                   .state = INCIDENT_OPEN,
                                   .life = 1};
    assert_non_null(ledger_restore(stage.ledger, &known));
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "p", .image = "b:1");
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "opened missing|docker.io/b:1\n"
                 "summary missing|docker.io/b:1\n");
    close_stage(&stage);
}

/* Opens a stage on which an earlier run has told of an incident. */
static void
open_again(struct stage *stage, bool is_stream, bool goes_on)
{
    open_stage(stage, OUTPUT_TEXT);
    const struct incident known = {.key = SLICE("missing|docker.io/old:1"),
                                   .cause = &sight_missing,
                                   .state = INCIDENT_OPEN,
                                   .life = 1};
    if (is_stream) {
        announce_stream(stage->announce, goes_on);
    }
    assert_non_null(ledger_restore(stage->ledger, &known));
}

/* What comes of an incident that nothing failed of in this run. */
static void
what_earlier_runs_told_is_a_line(void **state)
{
    static const struct {
        bool is_stream;
        bool goes_on;
        enum change change;
        const char *told;
    } rows[] = {
        {false, false, CHANGE_QUIET, ""},
        {true, false, CHANGE_QUIET, ""},
        {true, true, CHANGE_QUIET, "quiet missing|docker.io/old:1\n"},
        {false, false, CHANGE_RESOLVED, "resolved missing|docker.io/old:1\n"},
        {true, false, CHANGE_RESOLVED, "resolved missing|docker.io/old:1\n"},
        {true, true, CHANGE_RESOLVED, "resolved missing|docker.io/old:1\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stage stage;
        open_again(&stage, rows[i].is_stream, rows[i].goes_on);
        struct incident *incident = ledger_expire(stage.ledger, STAMP_DAY);
        assert_non_null(incident);
        announce_change(stage.announce, incident, rows[i].change, 1,
                        &stage.out);
        TOLD(&stage, rows[i].told);
        due(&stage, 9999);
        TOLD(&stage, "");
        /* It fails again: the reader needs the whole. */
        HEAR(&stage, 10000, .cause = &sight_missing, .pod = "p",
             .image = "old:1");
        announce_end(stage.announce, stage.ledger, &stage.out);
        TOLD(&stage, "opened missing|docker.io/old:1\n"
                     "summary missing|docker.io/old:1\n");
        close_stage(&stage);
    }
}

/* What passes by itself is told if it does not, or if it fails again. */
static void
a_transient_failure_is_held_back(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_JSON);
    announce_stream(stage.announce, false);
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "p", .image = "a:1");
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "q", .image = "b:1");
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "r", .image = "c:1");
    HEAR(&stage, 100, .cause = &sight_refused, .pod = "s", .image = "x.io/d:1");
    due(&stage, 2100);
    TOLD(&stage, "{opened refused|x.io}\n");
    /* The first one fails once more, the second one passes. */
    HEAR(&stage, 5000, .cause = &sight_stalled, .pod = "p", .image = "a:1",
         .at = 5);
    HEAR(&stage, 6000, .pod = "q", .image = "b:1", .at = 6);
    due(&stage, 6000);
    TOLD(&stage, "{opened stalled|docker.io/a:1}\n");
    due(&stage, 29999);
    TOLD(&stage, "");
    due(&stage, 30000);
    TOLD(&stage, "{opened stalled|docker.io/c:1}\n");
    due(&stage, 90000);
    TOLD(&stage, "");
    HEAR(&stage, 90000, .pod = "r", .image = "c:1", .at = 90);
    TOLD(&stage, "{resolved stalled|docker.io/c:1}\n");
    /* What had passed comes again, and stays: a second life. */
    HEAR(&stage, 99000, .cause = &sight_stalled, .pod = "q", .image = "b:1",
         .at = 99);
    due(&stage, 129000);
    TOLD(&stage, "{reopened stalled|docker.io/b:1}\n");
    close_stage(&stage);
}

/* At the end all is told that was read, also what passed by itself. */
static void
the_end_of_a_stream_holds_nothing_back(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_JSON);
    announce_stream(stage.announce, false);
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "p", .image = "a:1");
    HEAR(&stage, 0, .cause = &sight_stalled, .pod = "q", .image = "b:1",
         .at = 1);
    HEAR(&stage, 0, .pod = "p", .image = "a:1", .at = 6);
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "{opened stalled|docker.io/b:1}\n"
                 "{opened stalled|docker.io/a:1}\n");
    close_stage(&stage);
}

/* Who has to leave is told at once, and nobody looks at it afterwards. */
static void
who_leaves_is_told_before(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, OUTPUT_JSON);
    roster_limit(ledger_roster(stage.ledger), 4, 100);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "a", .image = "a:1");
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "b", .image = "b:1");
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "c", .image = "c:1");
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "d", .image = "d:1");
    assert_int_equal(roster_choose(ledger_roster(stage.ledger)), 0);
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "e", .image = "e:1");
    HEAR(&stage, 0, .cause = &sight_missing, .pod = "a", .image = "a:1");
    assert_int_equal(roster_choose(ledger_roster(stage.ledger)), 2);
    announce_leaving(stage.announce, &stage.out);
    TOLD(&stage, "{opened missing|docker.io/b:1}\n"
                 "{opened missing|docker.io/c:1}\n");
    ledger_dismiss(stage.ledger);
    announce_end(stage.announce, stage.ledger, &stage.out);
    TOLD(&stage, "{opened missing|docker.io/a:1}\n"
                 "{opened missing|docker.io/d:1}\n"
                 "{opened missing|docker.io/e:1}\n");
    close_stage(&stage);
}

static void
many_incidents_wait_at_no_cost(void **state)
{
    (void)state;

    enum {
        MANY = 20000
    };

    struct stage stage;
    char pod[32];
    open_stage(&stage, OUTPUT_JSON);
    for (int i = 0; i < MANY; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        HEAR(&stage, 1, .cause = &sight_secret, .pod = pod, .image = "b:1");
    }
    announce_end(stage.announce, stage.ledger, &stage.out);
    size_t lines = 0;
    struct slice rest = buf_slice(&stage.out);
    struct slice line;
    while (slice_cut(&rest, '\n', &line)) {
        lines++;
    }
    assert_int_equal(lines, MANY);
    close_stage(&stage);
}

/* What was taken off a stage, and how much stood there at most. */
struct taken {
    struct stage *stage;
    struct buf *copy;
    struct buf text;
    struct buf copied;
    size_t most;
};

static void
take(void *ctx)
{
    struct taken *taken = ctx;
    struct buf *out = &taken->stage->out;
    taken->most = out->len > taken->most ? out->len : taken->most;
    taken->most =
        taken->copy->len > taken->most ? taken->copy->len : taken->most;
    buf_add(&taken->text, buf_slice(out));
    buf_add(&taken->copied, buf_slice(taken->copy));
    buf_clear(out);
    buf_clear(taken->copy);
}

/* All of it, and never much of it at once, in whatever way it is told. */
static void
much_is_told_in_pieces(void **state)
{
    (void)state;

    enum {
        MANY = 20000,
        MOST = 65 * 1024
    };

    for (int streams = 0; streams < 2; streams++) {
        struct stage stage;
        struct buf copy = {0};
        struct taken taken = {.stage = &stage, .copy = &copy};
        struct buf expected = {0};
        char pod[32];
        open_stage(&stage, streams ? OUTPUT_NONE : OUTPUT_JSON);
        announce_pour(stage.announce, take, &taken);
        if (streams) {
            announce_copy(stage.announce, &copy);
            announce_stream(stage.announce, false);
        }
        for (int i = 0; i < MANY; i++) {
            snprintf(pod, sizeof(pod), "pod-%05d", i);
            HEAR(&stage, 1, .cause = &sight_secret, .pod = pod, .image = "b:1");
            buf_print(&expected, "{opened %.*s}\n",
                      SLICE_ARG(sight_newest(stage.ledger)->key));
        }
        assert_int_equal(taken.text.len, 0);
        if (streams) {
            announce_due(stage.announce, STAMP_HOUR, &stage.out);
        } else {
            announce_end(stage.announce, stage.ledger, &stage.out);
        }
        take(&taken);
        assert_in_range(taken.most, 1, MOST);
        const struct buf *told = streams ? &taken.copied : &taken.text;
        assert_true(slice_equal(buf_slice(told), buf_slice(&expected)));
        buf_free(&taken.text);
        buf_free(&taken.copied);
        buf_free(&expected);
        buf_free(&copy);
        close_stage(&stage);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_told_at_its_end_the_worst_first),
        cmocka_unit_test(a_stream_is_told_after_the_settling_time),
        cmocka_unit_test(a_stream_that_need_not_settle_is_told_at_once),
        cmocka_unit_test(the_first_moment_is_none_apart),
        cmocka_unit_test(changes_are_a_line_each_and_growth_not_too_often),
        cmocka_unit_test(what_ended_while_it_settled_is_one_block),
        cmocka_unit_test(what_was_folded_is_never_told),
        cmocka_unit_test(json_is_an_object_a_change),
        cmocka_unit_test(none_is_nothing),
        cmocka_unit_test(the_summary_is_of_this_run),
        cmocka_unit_test(what_earlier_runs_told_is_a_line),
        cmocka_unit_test(a_transient_failure_is_held_back),
        cmocka_unit_test(the_end_of_a_stream_holds_nothing_back),
        cmocka_unit_test(who_leaves_is_told_before),
        cmocka_unit_test(many_incidents_wait_at_no_cost),
        cmocka_unit_test(much_is_told_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
