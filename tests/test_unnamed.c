/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

/* dockerd's puller and its API, and the kubelet that asked it. */
static const struct record puller = {
    .format = FORMAT_LOGFMT,
    .message = {"Not continuing with pull after error: EOF", 41},
    .stamp = {1, STAMP_EXACT}};
static const struct record handler = {
    .format = FORMAT_LOGFMT,
    .message = {"Handler for POST /v1.40/images/create returned error", 52},
    .stamp = {1, STAMP_EXACT}};
static const struct record remote = {.format = FORMAT_KLOG,
                                     .file = {"remote_image.go", 15},
                                     .stamp = {1, STAMP_EXACT}};

/* How many are not folded, and what they count together. */
static size_t
left(struct ledger *ledger, uint64_t *count)
{
    size_t known = 0;
    *count = 0;
    for (size_t i = 0; i < ledger_count(ledger); i++) {
        const struct incident *incident = ledger_at(ledger, i);
        known += incident->state != INCIDENT_JOINED;
        *count += incident->count;
    }
    return known;
}

#define FAIL(...) SEE(ledger, .cause = &sight_missing, __VA_ARGS__)

static void
what_gets_a_name_is_one_failure(void **state)
{
    enum {
        PULLS = 100
    };

    struct ledger *ledger = *state;
    uint64_t count;
    for (int i = 0; i < PULLS; i++) {
        int at = 60 * i;
        FAIL(.node = "n1", .at = at, .record = &puller);
        FAIL(.node = "n1", .at = at, .image = "x.io/a:1", .record = &handler);
        FAIL(.node = "n1", .at = at, .image = "x.io/a:1", .record = &remote);
        assert_int_equal(left(ledger, &count), 1);
        assert_int_equal(count, i + 1);
    }
    /* However many pulls, it is one that comes and goes. */
    assert_int_equal(ledger_count(ledger), 2);
}

static void
what_gets_none_stays(void **state)
{
    struct ledger *ledger = *state;
    uint64_t count;
    FAIL(.node = "n1", .record = &puller);
    FAIL(.node = "n1", .record = &handler);
    assert_int_equal(left(ledger, &count), 1);
    assert_int_equal(count, 1);
    /* Another node's, another cause's, and one of later. */
    FAIL(.node = "n2", .image = "x.io/a:1", .record = &remote);
    assert_int_equal(left(ledger, &count), 2);
    SEE(ledger, .cause = &sight_stalled, .node = "n1", .image = "x.io/a:1",
        .record = &remote);
    assert_int_equal(left(ledger, &count), 3);
    FAIL(.node = "n1", .at = 60, .image = "x.io/a:1", .record = &remote);
    assert_int_equal(left(ledger, &count), 3);
    assert_int_equal(count, 4);
}

static void
what_somebody_else_says_is_not_taken(void **state)
{
    struct ledger *ledger = *state;
    uint64_t count;
    FAIL(.node = "n1", .record = &remote);
    FAIL(.node = "n1", .image = "x.io/a:1", .record = &handler);
    assert_int_equal(left(ledger, &count), 2);
    assert_int_equal(count, 2);
}

/* In an incident of a registry or a node both stand from the first. */
static void
within_one_incident_it_counts_once(void **state)
{
    struct ledger *ledger = *state;
    uint64_t count;
    for (int at = 0; at < 300; at += 60) {
        SEE(ledger, .cause = &sight_disk, .node = "n1", .at = at,
            .record = &puller);
        SEE(ledger, .cause = &sight_disk, .node = "n1", .at = at,
            .image = "x.io/a:1", .record = &remote);
    }
    assert_int_equal(left(ledger, &count), 1);
    assert_int_equal(count, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(what_gets_a_name_is_one_failure),
        ON_LEDGER(what_gets_none_stays),
        ON_LEDGER(what_somebody_else_says_is_not_taken),
        ON_LEDGER(within_one_incident_it_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
