/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the lines that tell of a failure. */
#include "river.h"
#include "text.h"

#include <string.h>

/* A long line is kept without its middle, and without its secrets. */
static void
evidence_is_short_and_redacted(void **state)
{
    struct world *world = *state;
    struct run run;
    struct buf line = {0};
    buf_add_text(&line, "Failed to pull image \"xenia.azurecr.io/web:1\": ");
    for (int i = 0; i < 2000; i++) {
        buf_add_text(&line, "0123456789");
    }
    buf_add_text(&line, " https://u:hunter2@xenia.azurecr.io/v2/: 401 "
                        "Unauthorized\n");
    river_run(&run, world, NULL, buf_slice(&line), SIZE_MAX);
    assert_int_equal(ledger_count(run.ledger), 1);
    struct slice kept =
        evidence_line(incident_evidence(ledger_at(run.ledger, 0), 0));
    assert_true(kept.len > 8000 && kept.len < 8400);
    assert_int_not_equal(slice_find(kept, SLICE(" [...] ")), SLICE_NONE);
    assert_int_equal(slice_find(kept, SLICE("hunter2")), SLICE_NONE);
    assert_true(slice_ends(kept, SLICE("401 Unauthorized")));
    river_kill(&run);
    buf_free(&line);
}

static void
expect_evidence(const struct run *run, const char *image, const char *line)
{
    for (size_t i = 0; i < ledger_count(run->ledger); i++) {
        const struct incident *incident = ledger_at(run->ledger, i);
        if (slice_find(incident->key, slice_from(image)) != SLICE_NONE) {
            assert_text(evidence_line(incident_evidence(incident, 0)), line);
            return;
        }
    }
    fail_msg("nothing is told of %s", image);
}

#define FAILED(image) \
    "{\"msg\":\"Failed to pull image \\\"" image "\\\": not found\"}"
#define LIST(first, second, word)                                              \
    "{\"list\":[" FAILED(first) ",{}," FAILED(second) "],\"password\":\"" word \
                                                      "\"}"

/* A line that tells of many is kept once, and none is taken for the next. */
static void
each_failure_has_the_line_that_tells_of_it(void **state)
{
    struct world *world = *state;
    struct run run;
    static const char text[] = LIST("a.io/a:1", "a.io/b:1", "x") "\n" LIST(
        "a.io/c:1", "a.io/d:1",
        "y") "\n"
             "Failed to pull image \"a.io/e:1\": not found, password=z\n" LIST(
                 "a.io/f:1", "a.io/g:1", "x") "\n";
    river_run(&run, world, NULL, slice_from(text), SIZE_MAX);
    assert_int_equal(ledger_count(run.ledger), 7);
    expect_evidence(&run, "a.io/a", LIST("a.io/a:1", "a.io/b:1", "REDACTED"));
    expect_evidence(&run, "a.io/b", LIST("a.io/a:1", "a.io/b:1", "REDACTED"));
    expect_evidence(&run, "a.io/c", LIST("a.io/c:1", "a.io/d:1", "REDACTED"));
    expect_evidence(&run, "a.io/d", LIST("a.io/c:1", "a.io/d:1", "REDACTED"));
    expect_evidence(
        &run, "a.io/e",
        "Failed to pull image \"a.io/e:1\": not found, password=REDACTED");
    expect_evidence(&run, "a.io/g", LIST("a.io/f:1", "a.io/g:1", "REDACTED"));
    river_kill(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_is_short_and_redacted),
        cmocka_unit_test(each_failure_has_the_line_that_tells_of_it),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
