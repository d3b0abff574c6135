/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

#include <string.h>

enum {
    LIST = 6000,
};

/* One record of each voice. */
static const struct record runtime = {.format = FORMAT_LOGFMT,
                                      .unit = {"containerd", 10},
                                      .stamp = {1, STAMP_EXACT}};
static const struct record remote = {
    .format = FORMAT_KLOG,
    .file = {"log.go", 6},
    .message = {"PullImage from image service failed", 35},
    .stamp = {1, STAMP_EXACT}};
static const struct record sync_pod = {.format = FORMAT_KLOG,
                                       .file = {"pod_workers.go", 14},
                                       .stamp = {1, STAMP_EXACT}};
static const struct record plain = {.format = FORMAT_PLAIN,
                                    .stamp = {1, STAMP_EXACT}};

/* An event of its own each time. */
static const struct record *
event(const char *uid)
{
    static struct record record;
    record = (struct record){.format = FORMAT_EVENT,
                             .identity = slice_from(uid),
                             .count = 1,
                             .stamp = {1, STAMP_EXACT}};
    return &record;
}

#define FAIL(...) SEE(ledger, .cause = &sight_refused, __VA_ARGS__)

static void
one_failure_that_four_tell_is_one(void **state)
{
    struct ledger *ledger = *state;
    FAIL(.image = "x.io/a:1", .node = "n1", .record = &runtime);
    FAIL(.image = "x.io/a:1", .node = "n1", .at = 1, .record = &remote);
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 1, .record = &sync_pod);
    FAIL(.image = "x.io/a:1", .pod = "p", .namespace = "shop", .at = 2,
         .record = event("u1"));
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(ledger_count(ledger), 1);
    assert_int_equal(incident->count, 1);
    assert_int_equal(incident->unsaved, 1);
    assert_int_equal(incident->evidence_seen, 4);
    assert_int_equal(incident_pods(incident), 1);
    /* The pod's row has its failure now, which nobody's row had first. */
    assert_int_equal(incident->affected_count, 2);
    assert_int_equal(incident->affected[0].count, 0);
    assert_int_equal(incident->affected[0].unsaved, 0);
    assert_int_equal(incident->affected[1].count, 1);
    assert_int_equal(incident->affected[1].unsaved, 1);
    /* The next pull, in another order. */
    FAIL(.image = "x.io/a:1", .pod = "p", .namespace = "shop", .at = 20,
         .record = event("u2"));
    FAIL(.image = "x.io/a:1", .node = "n1", .at = 20, .record = &remote);
    FAIL(.image = "x.io/a:1", .node = "n1", .at = 20, .record = &runtime);
    assert_int_equal(incident->count, 2);
}

static void
what_cannot_be_one_is_not(void **state)
{
    static const struct {
        struct sight second;
        uint64_t count;
    } cases[] = {
        {{.image = "x.io/a:1", .pod = "p", .record = &sync_pod}, 1},
        {{.image = "x.io/a:1", .pod = "p", .record = &remote}, 2},
        {{.image = "x.io/a:1", .pod = "q", .record = &sync_pod}, 2},
        {{.image = "x.io/b:1", .pod = "p", .record = &sync_pod}, 2},
        {{.image = "x.io/a:1", .node = "n2", .record = &sync_pod}, 2},
        {{.image = "x.io/a:1", .pod = "p", .at = 15, .record = &sync_pod}, 1},
        {{.image = "x.io/a:1", .pod = "p", .at = 16, .record = &sync_pod}, 2},
        {{.image = "x.io/a:1", .pod = "p", .at = -15, .record = &sync_pod}, 1},
        {{.image = "x.io/a:1", .pod = "p", .record = &plain}, 2},
        {{.image = "x.io/a:1", .pod = "p"}, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ledger *ledger = ledger_new(NULL);
        struct sight second = cases[i].second;
        second.cause = &sight_refused;
        FAIL(.image = "x.io/a:1", .pod = "p", .node = "n1", .record = &remote);
        sight_tell(ledger, &second, NULL);
        if (sight_newest(ledger)->count != cases[i].count) {
            fail_msg("case %zu: %d", i, (int)sight_newest(ledger)->count);
        }
        ledger_free(ledger);
    }
}

/* An event that tells nine failures, of which logs tell three. */
static void
an_event_of_many_holds_those_that_logs_tell(void **state)
{
    struct ledger *ledger = *state;
    struct record many = {.format = FORMAT_EVENT,
                          .identity = SLICE("u"),
                          .count = 9,
                          .first_seen = SIGHT_START,
                          .stamp = {1, STAMP_EXACT}};
    for (int i = 0; i < 3; i++) {
        FAIL(.image = "x.io/a:1", .pod = "p", .at = i * 300,
             .record = &sync_pod);
    }
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 3000, .count = 9,
         .record = &many);
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(incident->count, 9);
    /* And a log that is read behind it tells three of these, too. */
    for (int i = 0; i < 3; i++) {
        FAIL(.image = "x.io/a:1", .node = "n1", .at = i * 300 + 1,
             .record = &runtime);
    }
    assert_int_equal(incident->count, 9);
    many.count = 10;
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 3300, .count = 10,
         .record = &many);
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 3300, .record = &sync_pod);
    assert_int_equal(incident->count, 10);
}

/* A late voice of a failure that is over does not open it again. */
static void
a_late_voice_is_no_new_life(void **state)
{
    struct ledger *ledger = *state;
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 10, .record = &runtime);
    SEE(ledger, .image = "x.io/a:1", .pod = "p", .at = 12);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_RESOLVED);
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 13, .trust = STAMP_APPROXIMATE,
         .record = event("u"));
    assert_int_equal(ledger_count(ledger), 1);
    assert_int_equal(sight_state(ledger, 0), INCIDENT_RESOLVED);
    assert_int_equal(sight_newest(ledger)->count, 1);
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 60, .record = &runtime);
    assert_int_equal(ledger_count(ledger), 2);
}

static void
a_failure_of_the_history_is_counted_for_the_report(void **state)
{
    struct ledger *ledger = *state;
    struct ledger *before = ledger_new(NULL);
    struct telling *telling;
    SEE(before, .cause = &sight_refused, .image = "x.io/a:1", .pod = "p",
        .record = &runtime);
    for (size_t i = 0; (telling = tellings_at(ledger_tellings(before), i));
         i++) {
        tellings_restore(ledger_tellings(ledger), telling, 7 + i);
    }
    assert_int_equal(tellings_number(ledger_tellings(ledger), 0), 7);
    FAIL(.image = "x.io/a:1", .pod = "p", .at = 1, .record = &sync_pod);
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(incident->count, 1);
    assert_int_equal(incident->replayed, 1);
    assert_int_equal(incident->unsaved, 0);
    ledger_free(before);
}

/* Full, it forgets the oldest and nothing else. */
static void
the_table_is_fixed(void **state)
{
    enum {
        LIMIT = 512, /* more than it begins with */
        MANY = 1500,
    };

    struct tellings *tellings = tellings_new(LIMIT);
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            char image[16];
            struct facts facts = {0};
            snprintf(image, sizeof(image), "i:%d", i);
            facts.value[FACT_IMAGE] = slice_from(image);
            struct told told = {
                .names = tellings_names(tellings, SLICE("k"), &facts),
                .count = 1,
            };
            told.names.voice = round == 0 ? VOICE_RUNTIME : VOICE_SYNC;
            bool is_known = round == 1 && i >= MANY - LIMIT;
            /* In the second round each that is not known pushes one out. */
            if (round == 0 || is_known) {
                assert_int_equal(tellings_take(tellings, &told).fresh,
                                 !is_known);
            }
        }
    }
    assert_non_null(tellings_at(tellings, LIMIT - 1));
    assert_null(tellings_at(tellings, LIMIT));
    tellings_free(tellings);
}

/* What lasts for some time is near to what is near to any of it. */
static void
what_lasts_is_found_by_its_begin(void **state)
{
    const int64_t begin = SIGHT_START;
    const int64_t end = begin + 16 * STAMP_SECOND;
    struct tellings *tellings = tellings_new(8);
    struct told span = {
        .names = {.voice = VOICE_EVENT, .incident = 1, .image = 3},
        .from = begin,
        .to = end,
        .count = 2,
    };
    struct told line = {
        .names = {.voice = VOICE_RUNTIME, .incident = 1, .image = 3},
        .from = begin - 14 * STAMP_SECOND,
        .to = begin - 14 * STAMP_SECOND,
        .count = 1,
    };
    (void)state;
    assert_int_equal(tellings_take(tellings, &span).fresh, 2);
    assert_int_equal(tellings_take(tellings, &line).fresh, 0);
    line.from = line.to = begin - 16 * STAMP_SECOND;
    assert_int_equal(tellings_take(tellings, &line).fresh, 1);
    tellings_free(tellings);
}

static uint64_t
random_below(uint64_t *seed, uint64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (*seed >> 33) % limit;
}

/*
 * The law once more, by a plain list that is looked through from end to end:
 * what is nearest in time is the same failure; of what is as near, that of the
 * later 16 seconds, then the pod's own, then what was told last.
 */
struct list {
    struct telling all[LIST];
    size_t count;
};

static int64_t
time_between(const struct telling *a, const struct telling *b)
{
    return a->from > b->to ? a->from - b->to
         : b->from > a->to ? b->from - a->to
                           : 0;
}

static bool
is_same(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 || a == b;
}

static bool
may_join(const struct telling *old, const struct told *told,
         const struct telling *new)
{
    return old->incident == new->incident
        && old->image == new->image &&is_same(old->pod, new->pod)
        && is_same(old->node, new->node)
        && old->told[told->names.voice - 1]
               < old->count &&time_between(old, new)
               <= 15 * STAMP_SECOND + told->slack;
}

/* Greater: later seconds, the pod's own. */
static int64_t
rank_of(const struct telling *old, const struct telling *new)
{
    bool is_own = new->pod != 0 && !old->was_podless;
    return old->to / (16 * STAMP_SECOND) * 2 + is_own;
}

static struct telling *
nearest(struct list *list, size_t limit, const struct told *told,
        const struct telling *new)
{
    struct telling *best = NULL;
    size_t first = list->count > limit ? list->count - limit : 0;
    for (size_t i = list->count; i > first; i--) {
        struct telling *old = &list->all[i - 1];
        if (!may_join(old, told, new)) {
            continue;
        }
        int64_t nearer =
            best ? time_between(best, new) - time_between(old, new) : 1;
        if (nearer > 0
            || (nearer == 0 && rank_of(old, new) > rank_of(best, new))) {
            best = old;
        }
    }
    return best;
}

static struct share
take_plainly(struct list *list, size_t limit, const struct told *told)
{
    const struct telling_names *names = &told->names;
    struct telling new = {.incident = names->incident,
                          .image = names->image,
                          .pod = names->pod,
                          .node = names->node,
                          .from = told->to,
                          .to = told->to,
                          .was_podless = names->pod == 0,
                          .count = 1,
                          .heard = 1};
    struct telling *old = nearest(list, limit, told, &new);
    if (!old) {
        new.told[names->voice - 1] = 1;
        list->all[list->count++] = new;
        return (struct share){.fresh = 1};
    }
    old->told[names->voice - 1]++;
    const struct share share = {.is_elsewhere = new.pod == 0 && old->pod != 0,
                                .is_first = new.pod != 0 && old->pod == 0};
    old->pod = old->pod != 0 ? old->pod : new.pod;
    old->node = old->node != 0 ? old->node : new.node;
    return share;
}

/* One of few failures, told by anybody, with a pod and a node or without. */
static struct told
told_anyhow(uint64_t *seed, int64_t at)
{
    return (struct told){
        .names = {.voice = (enum voice)(1 + random_below(seed, VOICES - 1)),
                  .incident = 1 + random_below(seed, 2),
                  .image = 1 + random_below(seed, 5),
                  .pod = random_below(seed, 4),
                  .node = random_below(seed, 3)},
        .from = at,
        .to = at,
        .slack = random_below(seed, 4) == 0 ? STAMP_SECOND : 0,
        .count = 1,
    };
}

static void
the_table_tells_what_a_list_would(void **state)
{
    static const size_t limits[] = {8, 64, 512};
    uint64_t seed = 1147;
    struct list *list = MEM_NEW(struct list);
    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct tellings *tellings = tellings_new(limits[i]);
        int64_t now = SIGHT_START;
        list->count = 0;
        for (int line = 0; line < LIST; line++) {
            now += (int64_t)random_below(&seed, 3) * STAMP_SECOND;
            int64_t late = (int64_t)random_below(&seed, 40) * STAMP_SECOND;
            struct told told = told_anyhow(&seed, now - late);
            struct share is = tellings_take(tellings, &told);
            struct share should = take_plainly(list, limits[i], &told);
            if (is.fresh != should.fresh || is.is_first != should.is_first
                || is.is_elsewhere != should.is_elsewhere) {
                fail_msg("limit %zu, line %d", limits[i], line);
            }
        }
        assert_true(list->count > 2 * limits[i]);
        const struct telling *newest = tellings_at(tellings, 0);
        const struct telling *should = &list->all[list->count - 1];
        assert_int_equal(newest->to, should->to);
        assert_memory_equal(newest->told, should->told, sizeof(should->told));
        tellings_free(tellings);
    }
    mem_free(list);
}

/* Any interleaving of what any of them tells counts each failure once. */
static void
in_any_order_each_failure_counts_once(void **state)
{
    enum {
        ROUNDS = 200,
        FAILURES = 12,
        TELLERS = 4,
    };

    uint64_t seed = 4711;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct sight lines[FAILURES * TELLERS];
        char uids[FAILURES][8];
        char pods[FAILURES][8];
        struct record events[FAILURES];
        size_t count = 0;
        uint64_t expected = 0;
        for (int i = 0; i < FAILURES; i++) {
            /* Three pods, each on a node of its own, every 40 seconds. */
            snprintf(uids[i], sizeof(uids[i]), "u%d", i);
            snprintf(pods[i], sizeof(pods[i]), "p%d", i % 3);
            events[i] = *event(uids[i]);
            const struct sight whole = {.cause = &sight_refused,
                                        .image = "x.io/a:1",
                                        .node = pods[i],
                                        .pod = pods[i],
                                        .at = i / 3 * 40 + i % 3};
            const struct record *records[TELLERS] = {&runtime, &remote,
                                                     &sync_pod, &events[i]};
            uint64_t tellers = 1 + random_below(&seed, 15);
            for (int k = 0; k < TELLERS; k++) {
                if (tellers >> k & 1) {
                    lines[count] = whole;
                    lines[count].record = records[k];
                    lines[count].at += (int)random_below(&seed, 8);
                    lines[count++].pod = k < 2 ? NULL : whole.pod;
                }
            }
            expected++;
        }
        struct ledger *ledger = ledger_new(NULL);
        while (count > 0) {
            size_t at = (size_t)random_below(&seed, count);
            sight_tell(ledger, &lines[at], NULL);
            lines[at] = lines[--count];
        }
        if (sight_newest(ledger)->count != expected) {
            fail_msg("round %d: %d, not %d", round,
                     (int)sight_newest(ledger)->count, (int)expected);
        }
        ledger_free(ledger);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(one_failure_that_four_tell_is_one),
        cmocka_unit_test(what_cannot_be_one_is_not),
        ON_LEDGER(an_event_of_many_holds_those_that_logs_tell),
        ON_LEDGER(a_late_voice_is_no_new_life),
        ON_LEDGER(a_failure_of_the_history_is_counted_for_the_report),
        cmocka_unit_test(the_table_is_fixed),
        cmocka_unit_test(what_lasts_is_found_by_its_begin),
        cmocka_unit_test(the_table_tells_what_a_list_would),
        cmocka_unit_test(in_any_order_each_failure_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
