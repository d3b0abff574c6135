/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

static void
restore(struct ledger *ledger, const struct incident *known)
{
    assert_non_null(ledger_restore(ledger, known));
    assert_null(ledger_restore(ledger, known));
}

static void
goes_on_with_what_the_history_remembers(void **state)
{
    struct ledger *ledger = *state;
    struct affected rows[] = {
        {.pod = SLICE("p"), .image = SLICE("a:1"), .is_recovered = true},
        {.pod = SLICE("q"), .image = SLICE("a:1")},
    };
    const struct incident known = {.key = SLICE("refused|docker.io"),
                                   .cause = &sight_refused,
                                   .id = 7,
                                   .life = 3,
                                   .state = INCIDENT_QUIET,
                                   .severity = SEVERITY_CRITICAL,
                                   .stamp_trust = STAMP_EXACT,
                                   .first_seen = SIGHT_START - STAMP_HOUR,
                                   .last_seen = SIGHT_START,
                                   .stored_count = 100,
                                   .also = {&sight_disk},
                                   .also_count = 1,
                                   .affected = rows,
                                   .affected_count = COUNT(rows)};
    restore(ledger, &known);
    struct incident *incident = sight_newest(ledger);
    assert_false(sight_is_unsaved(incident));
    assert_false(incident->is_touched);
    assert_int_equal(incident->life, 3);
    assert_int_equal(incident->also_count, 1);
    assert_int_equal(incident->count, 0);
    assert_int_equal(incident->stored_count, 100);
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "q",
                         .image = "a:1", .at = 5),
                     CHANGE_REOPENED);
    assert_int_equal(incident->unsaved, 1);
    assert_int_equal(incident->affected_count, 2);
    assert_int_equal(SEE(ledger, .pod = "q", .image = "a:1", .at = 6),
                     CHANGE_RESOLVED);
    SEE(ledger, .cause = &sight_refused, .pod = "q", .image = "a:1", .at = 9);
    assert_int_equal(sight_newest(ledger)->life, 4);
    assert_false(sight_newest(ledger)->is_stored);
}

static void
a_full_table_of_the_history_may_have_lost_some(void **state)
{
    struct ledger *ledger = *state;
    static char pods[AFFECTED_MAX][16];
    struct incident known = {.key = SLICE("refused|docker.io"),
                             .cause = &sight_refused,
                             .life = 1,
                             .state = INCIDENT_OPEN};
    known.affected =
        mem_resize_array(NULL, AFFECTED_MAX, sizeof(*known.affected));
    for (int i = 0; i < AFFECTED_MAX; i++) {
        snprintf(pods[i], sizeof(pods[i]), "pod-%d", i);
        known.affected[known.affected_count++] = (struct affected){
            .pod = slice_from(pods[i]), .image = SLICE("a:1")};
    }
    restore(ledger, &known);
    mem_free(known.affected);
    SEE(ledger, .image = "a:1", .at = 9);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_OPEN);
}

/* The same lines once more, on what the first run left in the history. */
static void
a_replay_counts_for_the_report_only(void **state)
{
    struct ledger *ledger = *state;
    struct affected rows[] = {
        {.pod = SLICE("p"), .image = SLICE("a:1"), .is_recovered = true},
    };
    struct incident known = {.key = SLICE("refused|docker.io"),
                             .cause = &sight_refused,
                             .id = 7,
                             .life = 2,
                             .state = INCIDENT_RESOLVED,
                             .stamp_trust = STAMP_EXACT,
                             .first_seen = SIGHT_START + 50 * STAMP_SECOND,
                             .last_seen = SIGHT_START + 60 * STAMP_SECOND,
                             .resolved_at = SIGHT_START + 70 * STAMP_SECOND,
                             .stored_count = 2,
                             .affected = rows,
                             .affected_count = COUNT(rows)};
    restore(ledger, &known);
    struct incident *incident = sight_newest(ledger);
    /* Of the first life, which only the history knows, with a pod of its own. */
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "old",
                         .image = "a:1", .at = 1, .is_replay = true),
                     CHANGE_OPENED);
    SEE(ledger, .pod = "old", .image = "a:1", .at = 2, .is_replay = true);
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 60, .is_replay = true),
                     CHANGE_UPDATED);
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1", .at = 61,
        .is_replay = true);
    assert_int_equal(
        SEE(ledger, .pod = "p", .image = "a:1", .at = 70, .is_replay = true),
        CHANGE_NOTHING);
    assert_int_equal(ledger_count(ledger), 1);
    assert_int_equal(incident->count, 2);
    assert_int_equal(incident->state, INCIDENT_RESOLVED);
    assert_true(incident->first_seen == known.first_seen);
    assert_true(incident->last_seen == known.last_seen);
    assert_true(incident->resolved_at == known.resolved_at);
    assert_true(incident->is_touched);
    assert_false(sight_is_unsaved(incident));
    assert_int_equal(incident->evidence_seen, 2);
    assert_true(incident_evidence(incident, 0)->is_saved);
    /* What is new behind it is a new life, and the old pod is not in it. */
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 100),
                     CHANGE_REOPENED);
    assert_int_equal(sight_newest(ledger)->life, 3);
    assert_int_equal(sight_newest(ledger)->affected_count, 1);
}

/* A pod of an earlier life does not keep this one open. */
static void
a_replayed_pod_holds_nothing_open(void **state)
{
    struct ledger *ledger = *state;
    struct affected rows[] = {{.pod = SLICE("p"), .image = SLICE("a:1")}};
    const struct incident known = {.key = SLICE("refused|docker.io"),
                                   .cause = &sight_refused,
                                   .id = 7,
                                   .life = 2,
                                   .state = INCIDENT_OPEN,
                                   .stamp_trust = STAMP_EXACT,
                                   .last_seen = SIGHT_START,
                                   .affected = rows,
                                   .affected_count = COUNT(rows)};
    restore(ledger, &known);
    SEE(ledger, .cause = &sight_refused, .pod = "old", .image = "a:1",
        .is_replay = true);
    /* A success that the history has heard of changes nothing. */
    assert_int_equal(
        SEE(ledger, .pod = "p", .image = "a:1", .at = 5, .is_replay = true),
        CHANGE_NOTHING);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_OPEN);
    assert_int_equal(SEE(ledger, .pod = "p", .image = "a:1", .at = 9),
                     CHANGE_RESOLVED);
}

/* The first run folded what waited before the cause, and did not count it. */
static void
a_replayed_backoff_counts_as_it_did(void **state)
{
    struct ledger *ledger = *state;
    struct affected rows[] = {{.pod = SLICE("p"), .image = SLICE("a:1")}};
    const struct incident known = {.key = SLICE("refused|docker.io"),
                                   .cause = &sight_refused,
                                   .id = 7,
                                   .life = 1,
                                   .state = INCIDENT_OPEN,
                                   .affected = rows,
                                   .affected_count = COUNT(rows)};
    restore(ledger, &known);
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1",
        .is_replay = true);
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 1,
        .is_replay = true);
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1", .at = 2,
        .is_replay = true);
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(incident->count, 1);
    assert_int_equal(incident->replayed, 1);
    assert_int_equal(incident->affected[0].count, 1);
    assert_false(sight_is_unsaved(incident));
}

/* What the history does not have at all stays out of it. */
static void
a_replay_that_nobody_remembers_is_not_written(void **state)
{
    struct ledger *ledger = *state;
    assert_int_equal(SEE(ledger, .cause = &sight_backoff, .pod = "p",
                         .image = "a:1", .is_replay = true),
                     CHANGE_OPENED);
    assert_int_equal(SEE(ledger, .cause = &sight_refused, .pod = "p",
                         .image = "a:1", .at = 5, .is_replay = true),
                     CHANGE_OPENED);
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_JOINED);
    assert_int_equal(incident->count, 1);
    assert_false(sight_is_unsaved(incident));
    assert_true(incident->first_seen == SIGHT_START);
    assert_ptr_equal(ledger_expire(ledger, SIGHT_START + STAMP_DAY), incident);
    assert_false(sight_is_unsaved(incident));
    assert_int_equal(
        SEE(ledger, .pod = "p", .image = "a:1", .at = 9, .is_replay = true),
        CHANGE_RESOLVED);
    assert_false(sight_is_unsaved(incident));
}

/* A cause that was read before does not fold what waits now. */
static void
a_replayed_cause_folds_nothing_of_the_history(void **state)
{
    struct ledger *ledger = *state;
    int64_t gone;
    struct incident *into;
    SEE(ledger, .cause = &sight_backoff, .pod = "p", .image = "a:1", .at = 99);
    sight_store(sight_newest(ledger), 42);
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1",
        .is_replay = true);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_OPEN);
    assert_false(ledger_joined(ledger, &gone, &into));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(goes_on_with_what_the_history_remembers),
        ON_LEDGER(a_full_table_of_the_history_may_have_lost_some),
        ON_LEDGER(a_replay_counts_for_the_report_only),
        ON_LEDGER(a_replayed_pod_holds_nothing_open),
        ON_LEDGER(a_replayed_backoff_counts_as_it_did),
        ON_LEDGER(a_replay_that_nobody_remembers_is_not_written),
        ON_LEDGER(a_replayed_cause_folds_nothing_of_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
