/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE "x.azurecr.io/cart:2"

static void
expect_key(struct ledger *ledger, size_t index, const char *key)
{
    struct slice got = ledger_at(ledger, index)->key;
    if (!slice_equal(got, slice_from(key))) {
        fail_msg("the key of %zu is %.*s, not %s", index, SLICE_ARG(got), key);
    }
}

static void
a_slow_pull_is_told_and_resolves_what_failed(void **state)
{
    struct incident *incident;
    const struct sight slow = {.cause = &sight_slow,
                               .at = 60,
                               .namespace = "shop",
                               .pod = "cart-0",
                               .node = "n1",
                               .image = IMAGE};
    SEE(*state, .cause = &sight_refused, .namespace = "shop", .pod = "cart-0",
        .node = "n1", .image = IMAGE);
    assert_int_equal(sight_tell(*state, &slow, &incident), CHANGE_OPENED);
    assert_ptr_equal(incident->cause, &sight_slow);
    assert_int_equal(incident->count, 1);
    assert_int_equal(incident->evidence_seen, 1);
    expect_key(*state, 1, "slow|n1");
    assert_ptr_equal(ledger_resolved(*state), ledger_at(*state, 0));
    assert_null(ledger_resolved(*state));
    assert_int_equal(sight_state(*state, 0), INCIDENT_RESOLVED);
    assert_int_equal(sight_state(*state, 1), INCIDENT_OPEN);
}

/* containerd and the kubelet tell of one pull, each in its own words. */
static void
a_slow_pull_does_not_end_another(void **state)
{
    SEE(*state, .cause = &sight_slow, .node = "n1", .image = IMAGE);
    SEE(*state, .cause = &sight_slow, .at = 1, .namespace = "shop",
        .pod = "cart-0", .node = "n1", .image = IMAGE);
    assert_int_equal(ledger_count(*state), 1);
    assert_int_equal(sight_state(*state, 0), INCIDENT_OPEN);
    assert_int_equal(ledger_at(*state, 0)->count, 2);
    /* Without a node it is the registry's, and no pod has one of its own. */
    SEE(*state, .cause = &sight_slow, .at = 2, .pod = "cart-1", .image = IMAGE);
    SEE(*state, .cause = &sight_slow, .at = 3, .pod = "cart-2", .image = IMAGE);
    assert_int_equal(ledger_count(*state), 2);
    expect_key(*state, 1, "slow|x.azurecr.io");
}

static void
a_quick_pull_ends_it(void **state)
{
    SEE(*state, .cause = &sight_slow, .pod = "cart-0", .node = "n1",
        .image = IMAGE);
    SEE(*state, .at = 600, .pod = "cart-0", .node = "n1", .image = IMAGE);
    assert_int_equal(sight_state(*state, 0), INCIDENT_RESOLVED);
}

/* A back-off, and a failure that a back-off waits for, are none of it. */
static void
no_failure_joins_a_slow_pull(void **state)
{
    SEE(*state, .cause = &sight_slow, .pod = "cart-0", .node = "n1",
        .image = IMAGE);
    SEE(*state, .cause = &sight_backoff, .at = 1, .pod = "cart-0", .node = "n1",
        .image = IMAGE);
    assert_int_equal(ledger_count(*state), 2);
    SEE(*state, .cause = &sight_slow, .at = 2, .pod = "cart-9", .node = "n1",
        .image = IMAGE);
    assert_int_equal(sight_state(*state, 1), INCIDENT_OPEN);
    assert_int_equal(ledger_at(*state, 1)->count, 1);
    assert_int_equal(ledger_at(*state, 0)->count, 2);
}

/* It is a success: the registry works, as others see. */
static void
a_slow_pull_says_that_the_registry_works(void **state)
{
    SEE(*state, .cause = &sight_refused, .pod = "cart-0", .node = "n1",
        .image = IMAGE);
    SEE(*state, .cause = &sight_slow, .at = 60, .pod = "cart-1", .node = "n2",
        .image = IMAGE);
    ledger_testify(*state);
    assert_true(
        slice_equal(incident_fact(ledger_at(*state, 0), FACT_REGISTRY_WORKS),
                    SLICE("other-node")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(a_slow_pull_is_told_and_resolves_what_failed),
        ON_LEDGER(a_slow_pull_does_not_end_another),
        ON_LEDGER(a_quick_pull_ends_it),
        ON_LEDGER(no_failure_joins_a_slow_pull),
        ON_LEDGER(a_slow_pull_says_that_the_registry_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
