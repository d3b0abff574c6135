/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

static void
a_backoff_after_its_cause_joins_it(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1");
    struct incident *host = sight_newest(ledger);
    assert_int_equal(SEE(ledger, .cause = &sight_backoff, .pod = "p",
                         .image = "a:1", .at = 10, .count = 9),
                     CHANGE_UPDATED);
    /* Of another pod, and one that does not name its image. */
    SEE(ledger, .cause = &sight_backoff, .pod = "q", .image = "a:1", .at = 20);
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .at = 30);
    assert_int_equal(ledger_count(ledger), 1);
    assert_int_equal(host->count, 1);
    assert_int_equal(host->unsaved, 1);
    assert_int_equal(incident_pods(host), 2);
    assert_int_equal(host->affected_count, 2);
    assert_true(host->last_seen == SIGHT_START + 30 * STAMP_SECOND);
    /* It wakes a quiet one. */
    assert_ptr_equal(ledger_expire(ledger, SIGHT_START + STAMP_DAY), host);
    assert_int_equal(SEE(ledger, .cause = &sight_backoff, .pod = "p",
                         .image = "a:1", .at = 86400),
                     CHANGE_REOPENED);
    /* Who waits has not recovered, though only back-offs told of him. */
    SEE(ledger, .pod = "p", .image = "a:1", .at = 86410);
    assert_int_equal(host->state, INCIDENT_OPEN);
    SEE(ledger, .pod = "q", .image = "a:1", .at = 86420);
    assert_int_equal(host->state, INCIDENT_RESOLVED);
    /* Behind the end it is a trouble of its own, of which no cause is known. */
    assert_int_equal(SEE(ledger, .cause = &sight_backoff, .pod = "p",
                         .image = "a:1", .at = 90000),
                     CHANGE_OPENED);
    assert_int_equal(ledger_count(ledger), 2);
}

static void
a_backoff_prefers_the_incident_of_its_place(void **state)
{
    struct ledger *ledger = *state;
    struct incident *incident;
    SEE(ledger, .cause = &sight_disk, .node = "n", .image = "a:1", .at = 1);
    SEE(ledger, .cause = &sight_disk, .node = "m", .image = "a:1", .at = 2);
    SEE(ledger, .cause = &sight_missing, .pod = "p", .image = "a:1", .at = 3);
    SEE(ledger, .cause = &sight_refused, .pod = "q", .image = "a:1", .at = 4);

    static const struct {
        struct sight backoff;
        size_t host;
    } cases[] = {
        {{.pod = "p", .image = "a:1"}, 2},
        {{.pod = "p"}, 2},
        {{.pod = "q", .image = "a:1", .node = "n"}, 3},
        {{.pod = "r", .image = "a:1", .node = "n"}, 0},
        {{.pod = "s", .image = "a:1", .node = "m"}, 1},
        {{.pod = "t", .image = "a:1", .node = "other"}, 3},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sight backoff = cases[i].backoff;
        backoff.cause = &sight_backoff;
        sight_tell(ledger, &backoff, &incident);
        assert_ptr_equal(incident, ledger_at(ledger, cases[i].host));
    }
    assert_int_equal(ledger_count(ledger), 4);
}

static void
a_backoff_before_its_cause_is_folded_into_it(void **state)
{
    struct ledger *ledger = *state;
    int64_t gone;
    struct incident *into;
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1", .at = 0);
    SEE(ledger, .cause = &sight_backoff, .pod = "q", .image = "a:1", .at = 70);
    struct incident *waiting = sight_newest(ledger);
    SEE(ledger, .cause = &sight_backoff, .pod = "other", .image = "b:1");
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 80),
                     CHANGE_OPENED);
    struct incident *host = sight_newest(ledger);
    assert_int_equal(waiting->state, INCIDENT_JOINED);
    assert_false(sight_is_unsaved(waiting) && waiting->is_dirty);
    assert_int_equal(sight_state(ledger, 1), INCIDENT_OPEN);
    /* It was no failure more, whether a flush came between or not. */
    assert_int_equal(host->count, 1);
    assert_int_equal(host->unsaved, 1);
    assert_int_equal(sight_tallied(host, SIGHT_START / STAMP_MINUTE), 0);
    assert_int_equal(sight_tallied(host, SIGHT_START / STAMP_MINUTE + 1), 1);
    assert_true(host->first_seen == SIGHT_START);
    assert_int_equal(incident_pods(host), 2);
    assert_int_equal(host->affected[0].count, 1);
    /* The history never had it. */
    assert_false(ledger_joined(ledger, &gone, &into));
}

static void
a_stored_backoff_that_was_folded_is_told(void **state)
{
    struct ledger *ledger = *state;
    int64_t gone = 0;
    struct incident *into = NULL;
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1");
    sight_store(sight_newest(ledger), 42);
    /* One that does not know its image waits for the pod. */
    SEE(ledger, .cause = &sight_backoff, .pod = "p");
    sight_store(sight_newest(ledger), 43);
    assert_int_equal(ledger_count(ledger), 2);
    SEE(ledger, .cause = &sight_missing, .pod = "p", .image = "a:1", .at = 5);
    struct incident *host = sight_newest(ledger);
    assert_true(ledger_joined(ledger, &gone, &into));
    assert_int_equal(gone, 42);
    assert_ptr_equal(into, host);
    assert_true(ledger_joined(ledger, &gone, &into));
    assert_int_equal(gone, 43);
    assert_false(ledger_joined(ledger, &gone, &into));
    assert_int_equal(host->unsaved, 1);
    assert_int_equal(host->count, 1);
    assert_int_equal(host->affected_count, 1);
    /* A joined row of the history is not gone on with. */
    SEE(ledger, .pod = "p", .image = "a:1", .at = 6);
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1", .at = 99);
    assert_int_equal(sight_newest(ledger)->life, 2);
    assert_int_equal(sight_newest(ledger)->state, INCIDENT_OPEN);
}

/* Of the tries of one pull the one that says least is not told apart. */
static void
a_try_that_says_less_yields(void **state)
{
    struct ledger *ledger = *state;
    for (int first = 0; first < 2; first++) {
        const char *image = first ? "x.io/a:1" : "y.io/a:1";
        const struct cause *causes[] = {&sight_refused, &sight_no_login};
        SEE(ledger, .cause = causes[first], .node = "n", .image = image);
        SEE(ledger, .cause = causes[!first], .node = "n", .image = image);
    }
    assert_int_equal(ledger_count(ledger), 3);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_OPEN);
    assert_int_equal(sight_state(ledger, 1), INCIDENT_JOINED);
    assert_int_equal(sight_state(ledger, 2), INCIDENT_OPEN);
    for (size_t i = 0; i < 3; i += 2) {
        assert_int_equal(ledger_at(ledger, i)->count, 1);
        assert_int_equal(ledger_at(ledger, i)->unsaved, 1);
    }
    /* A minute apart they are two pulls. */
    SEE(ledger, .cause = &sight_no_login, .node = "n", .image = "x.io/a:1",
        .at = 61);
    assert_text(sight_newest(ledger)->key, "no-login|x.io");
    assert_int_equal(sight_newest(ledger)->state, INCIDENT_OPEN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(a_backoff_after_its_cause_joins_it),
        ON_LEDGER(a_backoff_prefers_the_incident_of_its_place),
        ON_LEDGER(a_backoff_before_its_cause_is_folded_into_it),
        ON_LEDGER(a_stored_backoff_that_was_folded_is_told),
        ON_LEDGER(a_try_that_says_less_yields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
