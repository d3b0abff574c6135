/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

enum {
    MANY = 20000,
    HOUR = 3600,
};

static void
opens_counts_and_resolves(void **state)
{
    struct ledger *ledger = *state;
    struct sight failed = {.cause = &sight_refused,
                           .pod = "p",
                           .namespace = "a",
                           .image = "x.io/a:1",
                           .at = 60};
    struct incident *incident;
    assert_int_equal(sight_tell(ledger, &failed, &incident), CHANGE_OPENED);
    assert_text(incident->key, "refused|x.io");
    assert_int_equal(incident->life, 1);
    assert_int_equal(incident->severity, SEVERITY_ERROR);
    failed.at = 0;
    failed.count = 4;
    assert_int_equal(sight_tell(ledger, &failed, &incident), CHANGE_UPDATED);
    assert_int_equal(incident->count, 5);
    assert_int_equal(incident->unsaved, 5);
    assert_true(incident->first_seen == SIGHT_START);
    assert_true(incident->last_seen == SIGHT_START + STAMP_MINUTE);
    assert_int_equal(sight_tallied(incident, SIGHT_START / STAMP_MINUTE), 4);
    assert_int_equal(sight_tallied(incident, SIGHT_START / STAMP_MINUTE + 1),
                     1);
    assert_int_equal(incident->affected_count, 1);
    assert_int_equal(incident->affected[0].count, 5);
    assert_true(incident->affected[0].first_seen == SIGHT_START);

    struct incident *resolved;
    struct sight pulled = failed;
    pulled.cause = NULL;
    pulled.at = 90;
    assert_int_equal(sight_tell(ledger, &pulled, &resolved), CHANGE_RESOLVED);
    assert_ptr_equal(resolved, incident);
    assert_true(incident->resolved_at == SIGHT_START + 90 * STAMP_SECOND);
    assert_null(ledger_resolved(ledger));
    assert_int_equal(sight_tell(ledger, &pulled, &resolved), CHANGE_NOTHING);
    assert_null(resolved);
}

static void
seen_again_after_it_was_resolved_is_a_new_life(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "x.io/a:1");
    SEE(ledger, .pod = "p", .image = "x.io/a:1", .at = 60);
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "x.io/a:1", .at = 120),
                     CHANGE_REOPENED);
    assert_int_equal(ledger_count(ledger), 2);
    struct incident *first = ledger_at(ledger, 0);
    struct incident *second = ledger_at(ledger, 1);
    assert_int_equal(first->state, INCIDENT_RESOLVED);
    assert_int_equal(first->life, 1);
    assert_int_equal(first->count, 1);
    assert_int_equal(second->state, INCIDENT_OPEN);
    assert_int_equal(second->life, 2);
    assert_int_equal(second->count, 1);
    assert_true(second->first_seen == SIGHT_START + 120 * STAMP_SECOND);
    assert_true(second->resolved_at == 0);
    /* The pod's success is the second's, though both know the pod. */
    assert_int_equal(SEE(ledger, .pod = "p", .image = "x.io/a:1", .at = 180),
                     CHANGE_RESOLVED);
    assert_true(first->resolved_at == SIGHT_START + 60 * STAMP_SECOND);
    assert_true(second->resolved_at == SIGHT_START + 180 * STAMP_SECOND);
}

static void
seen_again_after_it_was_quiet_goes_on(void **state)
{
    struct ledger *ledger = *state;

    static const struct {
        const struct cause *cause;
        int quiet; /* seconds */
    } cases[] = {
        {&sight_stalled, 10 * 60},
        {&sight_backoff, 30 * 60},
        {&sight_refused, 60 * 60},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *image = (const char *[]){"a:1", "b:1", "c:1"}[i];
        struct incident *incident;
        struct sight failed = {.cause = cases[i].cause, .image = image};
        int64_t due = SIGHT_START + cases[i].quiet * STAMP_SECOND;
        sight_tell(ledger, &failed, &incident);
        assert_null(ledger_expire(ledger, due));
        assert_ptr_equal(ledger_expire(ledger, due + 1), incident);
        assert_null(ledger_expire(ledger, due + 1));
        assert_int_equal(incident->state, INCIDENT_QUIET);
        failed.at = 2 * HOUR;
        assert_int_equal(sight_tell(ledger, &failed, NULL), CHANGE_REOPENED);
        assert_int_equal(incident->life, 1);
        assert_int_equal(incident->count, 2);
        assert_int_equal(incident->state, INCIDENT_OPEN);
        SEE(ledger, .image = image, .at = 2 * HOUR + 1);
        assert_int_equal(incident->state, INCIDENT_RESOLVED);
    }
    assert_null(ledger_expire(ledger, SIGHT_START + 9 * STAMP_DAY));
}

/* At one and the same time, too. */
static void
an_incident_can_go_quiet_again(void **state)
{
    struct ledger *ledger = *state;
    int64_t now = SIGHT_START + STAMP_DAY;
    for (int i = 0; i < 3; i++) {
        SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "x.io/a:1");
        assert_non_null(ledger_expire(ledger, now));
        assert_null(ledger_expire(ledger, now));
    }
    assert_int_equal(ledger_count(ledger), 1);
}

/* A quiet incident that is over in the end is told so. */
static void
a_quiet_incident_can_be_resolved(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "x.io/a:1");
    assert_non_null(ledger_expire(ledger, SIGHT_START + STAMP_DAY));
    assert_int_equal(SEE(ledger, .pod = "p", .image = "x.io/a:1", .at = 86400),
                     CHANGE_RESOLVED);
}

/* What failed, and what success ends it; the images are x.io/a:1. */
static void
only_the_success_of_all_who_suffer_resolves(void **state)
{
    (void)state;

    static const struct {
        struct sight failed[2];
        struct sight pulled[2];
        enum incident_state after[2]; /* each success */
    } cases[] = {
        /* another pod, another node, another namespace, another image */
        {{{.pod = "p"}},
         {{.pod = "q"}, {.pod = "p"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        {{{.node = "n"}},
         {{.node = "m"}, {.node = "n"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        {{{.pod = "p", .namespace = "a"}},
         {{.pod = "p", .namespace = "b"}, {.pod = "p", .namespace = "a"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        {{{.pod = "p"}},
         {{.pod = "p", .image = "x.io/b:1"}, {.pod = "p"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        {{{.pod = "p", .node = "n"}},
         {{.pod = "q", .node = "n"}, {.node = "m"}},
         {INCIDENT_OPEN, INCIDENT_OPEN}},
        /* all of them */
        {{{.pod = "p"}, {.pod = "q"}},
         {{.pod = "p"}, {.pod = "q"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        {{{.node = "n"}, {.node = "m"}},
         {{.node = "m"}, {.node = "n"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        /* the image alone: who knows where */
        {{{.pod = "p"}, {.node = "n"}}, {{0}}, {INCIDENT_RESOLVED}},
        {{{0}}, {{.pod = "p"}}, {INCIDENT_RESOLVED}},
        /* the runtime's word for the pods of its node */
        {{{.pod = "p", .node = "n"}, {.pod = "q", .node = "m"}},
         {{.node = "n"}, {.node = "m"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
        /* the same image by its other name */
        {{{.pod = "p", .image = "nginx"}},
         {{.pod = "p", .image = "docker.io/library/nginx:latest"}},
         {INCIDENT_RESOLVED}},
        /* a row that never knew its image */
        {{{.pod = "p", .container = "c"},
          {.pod = "p", .container = "d", .image = NULL, .line = "none"}},
         {{.pod = "p", .container = "c"}, {.pod = "p", .container = "d"}},
         {INCIDENT_OPEN, INCIDENT_RESOLVED}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ledger *ledger = ledger_new(NULL);
        struct incident *incident = NULL;
        for (size_t n = 0; n < 2; n++) {
            struct sight failed = cases[i].failed[n];
            bool is_there = n == 0 || failed.pod || failed.node;
            failed.at = (int)n;
            if (!failed.image && !failed.line) {
                failed.image = "x.io/a:1";
            }
            /* Of a registry's cause, so that all is one incident. */
            failed.cause = &sight_no_login;
            if (is_there) {
                sight_tell(ledger, &failed, &incident);
            }
        }
        for (size_t n = 0; n < 2 && cases[i].after[n]; n++) {
            struct sight pulled = cases[i].pulled[n];
            pulled.at = 60 + (int)n;
            pulled.image = pulled.image ? pulled.image : "x.io/a:1";
            sight_tell(ledger, &pulled, NULL);
            if (incident->state != cases[i].after[n]) {
                fail_msg("case %zu, success %zu: %s", i, n,
                         incident_state_name(incident->state));
            }
        }
        ledger_free(ledger);
    }
}

/* One success may end several incidents. */
static void
all_that_a_success_resolved_is_told(void **state)
{
    struct ledger *ledger = *state;
    struct incident *incident;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "x.io/a:1");
    SEE(ledger, .cause = &sight_missing, .pod = "p", .image = "x.io/a:1");
    SEE(ledger, .cause = &sight_secret, .pod = "p", .image = "x.io/a:1");
    SEE(ledger, .cause = &sight_stalled, .pod = "q", .image = "x.io/a:1");
    const struct sight pulled = {.pod = "p", .image = "x.io/a:1", .at = 9};
    assert_int_equal(sight_tell(ledger, &pulled, &incident), CHANGE_RESOLVED);
    size_t count = 0;
    for (; incident; incident = ledger_resolved(ledger)) {
        assert_int_equal(incident->state, INCIDENT_RESOLVED);
        count++;
    }
    assert_int_equal(count, 3);
    assert_int_equal(sight_state(ledger, 3), INCIDENT_OPEN);
}

/* Files are read in any order; a table of events has none. */
static void
a_line_of_before_the_end_opens_no_life(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 10);
    SEE(ledger, .pod = "p", .image = "a:1", .at = 100);
    struct incident *incident = ledger_at(ledger, 0);
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 50),
                     CHANGE_UPDATED);
    assert_int_equal(incident->state, INCIDENT_RESOLVED);
    assert_int_equal(incident->count, 2);
    /* Of somebody who is not known to have recovered: not over after all. */
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "q",
                         .image = "a:1", .at = 60),
                     CHANGE_REOPENED);
    assert_int_equal(incident->state, INCIDENT_OPEN);
    assert_true(incident->resolved_at == 0);
    assert_int_equal(incident->life, 1);
    assert_int_equal(SEE(ledger, .pod = "q", .image = "a:1", .at = 110),
                     CHANGE_RESOLVED);
    assert_int_equal(ledger_count(ledger), 1);
    /* Stamps that may be hours apart say nothing of the order. */
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 50, .trust = STAMP_INFERRED),
                     CHANGE_REOPENED);
    assert_int_equal(ledger_count(ledger), 2);
}

static void
a_success_of_before_the_failure_ends_nothing(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 90);
    assert_int_equal(SEE(ledger, .pod = "p", .image = "a:1", .at = 50),
                     CHANGE_NOTHING);
    assert_int_equal(SEE(ledger, .pod = "p", .image = "a:1", .at = 50,
                         .trust = STAMP_INFERRED),
                     CHANGE_RESOLVED);
}

static void
more_pods_than_there_is_room_for_are_counted(void **state)
{
    struct ledger *ledger = *state;

    enum {
        PODS = 5000,
        LOST = PODS - AFFECTED_MAX
    };

    char pod[32];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < PODS; i++) {
            snprintf(pod, sizeof(pod), "pod-%d", i);
            SEE(ledger, .cause = &sight_missing, .pod = pod, .image = "a:1",
                .at = round, .count = 2);
        }
    }
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(ledger_count(ledger), 1);
    assert_int_equal(incident->count, 4 * PODS);
    assert_int_equal(incident->affected_count, AFFECTED_MAX);
    assert_int_equal(incident_pods(incident), AFFECTED_MAX);
    assert_int_equal(incident->affected_lost, 4 * LOST);
    for (int i = 0; i < PODS; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        assert_int_equal(SEE(ledger, .pod = pod, .image = "a:1", .at = 9),
                         CHANGE_NOTHING);
    }
    assert_int_equal(incident->state, INCIDENT_OPEN);
    assert_non_null(ledger_expire(ledger, SIGHT_START + STAMP_DAY));
}

/* Those that only a back-off told of are lost as well. */
static void
a_full_table_is_not_resolved_by_mistake(void **state)
{
    struct ledger *ledger = *state;
    char pod[32];
    for (int i = 0; i < AFFECTED_MAX; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        SEE(ledger, .cause = &sight_missing, .pod = pod, .image = "a:1");
    }
    SEE(ledger, .cause = &sight_backoff, .pod = "one-more", .image = "a:1");
    assert_int_equal(sight_newest(ledger)->affected_lost, 1);
    assert_int_equal(sight_newest(ledger)->count, AFFECTED_MAX);
    SEE(ledger, .image = "a:1", .at = 9);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_OPEN);
}

/* A second, not minutes: nothing here may cost each times each. */
static void
many_incidents_cost_no_more_each(void **state)
{
    struct ledger *ledger = *state;
    char pod[32];
    char image[64];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(pod, sizeof(pod), "pod-%d", i);
            snprintf(image, sizeof(image), "x.io/team/app-%d:1", i % 7);
            SEE(ledger, .cause = &sight_secret, .namespace = "a", .pod = pod,
                .image = image, .at = round);
            SEE(ledger, .cause = &sight_backoff, .namespace = "a", .pod = pod,
                .image = image, .at = round);
        }
    }
    assert_int_equal(ledger_count(ledger), MANY);
    size_t quiet = 0;
    while (ledger_expire(ledger, SIGHT_START + STAMP_DAY)) {
        quiet++;
    }
    assert_int_equal(quiet, MANY);
    for (int i = 0; i < MANY; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        snprintf(image, sizeof(image), "x.io/team/app-%d:1", i % 7);
        assert_int_equal(
            SEE(ledger, .namespace = "a", .pod = pod, .image = image, .at = 9),
            CHANGE_RESOLVED);
    }
}

static void
a_success_for_many_tells_of_all(void **state)
{
    struct ledger *ledger = *state;
    char node[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(node, sizeof(node), "node-%d", i);
        SEE(ledger, .cause = &sight_disk, .node = node, .image = "a:1");
    }
    size_t count = SEE(ledger, .image = "a:1", .at = 5) == CHANGE_RESOLVED;
    while (ledger_resolved(ledger)) {
        count++;
    }
    assert_int_equal(count, MANY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(opens_counts_and_resolves),
        ON_LEDGER(seen_again_after_it_was_resolved_is_a_new_life),
        ON_LEDGER(seen_again_after_it_was_quiet_goes_on),
        ON_LEDGER(an_incident_can_go_quiet_again),
        ON_LEDGER(a_quiet_incident_can_be_resolved),
        cmocka_unit_test(only_the_success_of_all_who_suffer_resolves),
        ON_LEDGER(all_that_a_success_resolved_is_told),
        ON_LEDGER(a_line_of_before_the_end_opens_no_life),
        ON_LEDGER(a_success_of_before_the_failure_ends_nothing),
        ON_LEDGER(more_pods_than_there_is_room_for_are_counted),
        ON_LEDGER(a_full_table_is_not_resolved_by_mistake),
        ON_LEDGER(many_incidents_cost_no_more_each),
        ON_LEDGER(a_success_for_many_tells_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
