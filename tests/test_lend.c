/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE "x.azurecr.io/cart:2"

/* One line more than sight_tell() knows of: the secret. */
static void
see(struct ledger *ledger, const struct cause *cause, int at,
    const char *namespace, const char *pod, const char *secret)
{
    const struct sight sight = {.cause = cause,
                                .at = at,
                                .namespace = namespace,
                                .pod = pod,
                                .image = IMAGE};
    struct facts facts;
    struct incident *incident;
    sight_facts(&sight, &facts);
    facts.value[FACT_SECRET] = slice_from(secret);
    const struct sighting sighting = {
        .cause = cause,
        .is_success = !cause,
        .facts = &facts,
        .stamp = {SIGHT_START + at * STAMP_SECOND, STAMP_EXACT},
        .count = 1,
        .origin = SLICE("a.log"),
        .line = SLICE("line"),
    };
    ledger_observe(ledger, &sighting, &incident);
}

static void
expect_secret(struct ledger *ledger, size_t index, const char *secret)
{
    struct slice got = incident_fact(ledger_at(ledger, index), FACT_SECRET);
    if (!slice_equal(got, slice_from(secret))) {
        fail_msg("the secret of %zu is \"%.*s\", not \"%s\"", index,
                 SLICE_ARG(got), secret ? secret : "");
    }
}

static void
an_event_lends_its_secret_to_what_comes_after(void **state)
{
    see(*state, &sight_secret, 0, "shop", "cart-0", "regcred");
    see(*state, &sight_refused, 5, "shop", "cart-0", NULL);
    expect_secret(*state, 1, "regcred");
}

static void
an_event_lends_its_secret_to_what_was_before(void **state)
{
    see(*state, &sight_refused, 0, "shop", "cart-0", NULL);
    sight_store(ledger_at(*state, 0), 7);
    see(*state, &sight_secret, 5, "shop", "cart-0", "regcred");
    expect_secret(*state, 0, "regcred");
    assert_true(sight_is_unsaved(ledger_at(*state, 0)));
}

static void
nothing_is_lent_to_others(void **state)
{
    see(*state, &sight_secret, 0, "shop", "cart-0", "regcred");
    see(*state, &sight_missing, 601, "shop", "cart-0", NULL); /* too late */
    expect_secret(*state, 1, NULL);
    see(*state, &sight_refused, 602, "shop", "cart-1", NULL);
    expect_secret(*state, 2, NULL);
}

/* An incident of a registry has pods of many namespaces. */
static void
a_secret_stays_in_its_namespace(void **state)
{
    see(*state, &sight_refused, 0, "shop", "cart-0", NULL);
    see(*state, &sight_refused, 1, "bank", "cart-0", "teller");
    expect_secret(*state, 0, NULL);
    see(*state, &sight_secret, 2, "bank", "cart-0", "teller");
    expect_secret(*state, 0, NULL);
    see(*state, &sight_refused, 3, "shop", "cart-1", "regcred");
    expect_secret(*state, 0, "regcred");
}

static void
a_success_of_the_pod_resolves_the_missing_secret(void **state)
{
    see(*state, &sight_secret, 0, "shop", "cart-0", "regcred");
    see(*state, NULL, 9, "shop", "cart-1", NULL);
    assert_int_equal(sight_state(*state, 0), INCIDENT_OPEN);
    see(*state, NULL, 10, "shop", "cart-0", NULL);
    assert_int_equal(sight_state(*state, 0), INCIDENT_RESOLVED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(an_event_lends_its_secret_to_what_comes_after),
        ON_LEDGER(an_event_lends_its_secret_to_what_was_before),
        ON_LEDGER(nothing_is_lent_to_others),
        ON_LEDGER(a_secret_stays_in_its_namespace),
        ON_LEDGER(a_success_of_the_pod_resolves_the_missing_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
