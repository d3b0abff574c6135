/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"
#include "text.h"

/* Many minutes, backwards and in no order, again and again. */
static void
minutes_in_any_order_cost_little(void **state)
{
    struct ledger *ledger = *state;

    enum {
        MINUTES = 1 << 15,
        ROUNDS = 9,
    };

    for (int round = 0; round < ROUNDS; round++) {
        int step = round > 0 ? 2 * round * 7919 + 1 : MINUTES - 1;
        for (int i = 0; i < MINUTES; i++) {
            int minute = (int)((int64_t)i * step % MINUTES);
            SEE(ledger, .cause = &sight_refused, .image = "a:1",
                .at = minute * 60);
        }
    }
    struct incident *incident = sight_newest(ledger);
    uint64_t sum = 0;
    assert_int_equal(sight_tallied(incident, SIGHT_START / STAMP_MINUTE + 77),
                     ROUNDS);
    for (size_t i = 0; i < incident->tally_count; i++) {
        sum += tally_count(incident->tallies[i]);
    }
    assert_int_equal(sum, ROUNDS * MINUTES);
    assert_true(incident->tally_room < 4 * (size_t)MINUTES + 64);
}

static void
one_minute_is_one_tally(void **state)
{
    struct ledger *ledger = *state;
    for (int i = 0; i < 1000; i++) {
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .at = i % 120);
    }
    assert_true(sight_newest(ledger)->tally_count <= 2);
}

/* More than one tally can tell of: of one event, and of many lines. */
static void
great_counts_take_several_tallies(void **state)
{
    struct ledger *ledger = *state;
    const uint64_t great = (UINT64_C(5) << TALLY_COUNT_BITS) - 7;
    for (int i = 0; i < 40; i++) {
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .at = i * 60,
            .count = i % 3 == 0 ? great : 1);
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .at = 0,
            .count = TALLY_MOST - 1);
    }
    struct incident *incident = sight_newest(ledger);
    int64_t minute = SIGHT_START / STAMP_MINUTE;
    assert_true(sight_tallied(incident, minute)
                == great + UINT64_C(40) * (TALLY_MOST - 1));
    assert_true(sight_tallied(incident, minute + 1) == 1);
    assert_true(sight_tallied(incident, minute + 3) == great);
}

/* Before 1970, and as late as a stamp can say. */
static void
tallies_hold_any_minute(void **state)
{
    static const int64_t minutes[] = {-1036800000, -1,       0,
                                      1,           29398108, 4223371680};
    (void)state;
    for (size_t i = 0; i < COUNT(minutes); i++) {
        struct tally most = tally_of(minutes[i], TALLY_MOST);
        assert_true(tally_minute(most) == minutes[i]);
        assert_int_equal(tally_count(most), TALLY_MOST);
        assert_true(i == 0
                    || tally_of(minutes[i - 1], TALLY_MOST).word
                           < tally_of(minutes[i], 0).word);
    }
}

static void
keeps_the_first_and_the_last_evidence(void **state)
{
    struct ledger *ledger = *state;
    char line[2] = "";
    char order[16] = "";
    for (char c = 'a'; c <= 'k'; c++) {
        line[0] = c;
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .at = c,
            .line = line);
    }
    struct incident *incident = sight_newest(ledger);
    const struct evidence *evidence;
    for (size_t i = 0; (evidence = incident_evidence(incident, i)); i++) {
        assert_text(evidence_origin(evidence), "a.log");
        assert_true(evidence->seen_at
                    == SIGHT_START
                           + evidence_line(evidence).data[0] * STAMP_SECOND);
        assert_false(evidence->is_saved);
        snprintf(order + i, sizeof(order) - i, "%.1s",
                 evidence_line(evidence).data);
    }
    assert_string_equal(order, "abcijk");
}

static size_t
rooms(const struct incident *incident)
{
    size_t sum = 0;
    for (size_t i = 0; i < COUNT(incident->evidence); i++) {
        sum += incident->evidence[i].room;
    }
    return sum;
}

static void
evidence_is_written_over_in_place(void **state)
{
    struct ledger *ledger = *state;
    static char line[8192];
    const char *memory[EVIDENCE_LAST];
    for (size_t i = 0; i < sizeof(line) - 1; i++) {
        line[i] = 'x';
    }
    for (int i = 0; i < 12; i++) {
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .line = line);
    }
    struct incident *incident = sight_newest(ledger);
    for (size_t i = 0; i < EVIDENCE_LAST; i++) {
        memory[i] = incident->evidence[EVIDENCE_FIRST + i].memory;
    }
    for (size_t i = 0; i < 2000; i++) {
        SEE(ledger, .cause = &sight_refused, .image = "a:1",
            .line = line + i * 4 % sizeof(line));
    }
    for (size_t i = 0; i < EVIDENCE_LAST; i++) {
        assert_ptr_equal(memory[i],
                         incident->evidence[EVIDENCE_FIRST + i].memory);
    }
    assert_true(rooms(incident)
                <= COUNT(incident->evidence) * 2 * (sizeof(line) + 512));
}

/* A slot is not given new memory for each line that is a little longer. */
static void
evidence_that_grows_moves_seldom(void **state)
{
    struct ledger *ledger = *state;
    static char line[5000];
    const char *memory = NULL;
    int moves = 0;
    for (size_t i = 0; i + 1 < sizeof(line); i++) {
        line[i] = 'x';
        SEE(ledger, .cause = &sight_refused, .image = "a:1", .line = line);
        const char *now = sight_newest(ledger)->evidence[EVIDENCE_FIRST].memory;
        moves += now != memory;
        memory = now;
    }
    assert_in_range(moves, 5, 30);
}

static void
facts_and_other_causes_add_up(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .image = "x.io/a:1",
        .also = &sight_missing);
    SEE(ledger, .cause = &sight_refused, .image = "x.io/b:2", .node = "n",
        .also = &sight_disk);
    SEE(ledger, .cause = &sight_refused, .image = "x.io/b:2", .node = "m",
        .also = &sight_missing);
    struct incident *incident = sight_newest(ledger);
    assert_text(incident_fact(incident, FACT_IMAGE), "x.io/a:1");
    assert_text(incident_fact(incident, FACT_NODE), "n");
    assert_int_equal(incident->also_count, 2);
    assert_ptr_equal(incident->also[0], &sight_missing);
    assert_ptr_equal(incident->also[1], &sight_disk);
}

static void
a_sandbox_image_makes_it_critical(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .image = "x.io/pause:3");
    assert_int_equal(sight_newest(ledger)->severity, SEVERITY_ERROR);
    SEE(ledger, .cause = &sight_refused, .image = "x.io/pause:3",
        .role = "sandbox");
    assert_int_equal(sight_newest(ledger)->severity, SEVERITY_CRITICAL);
}

static void
stamps_may_be_missing_or_vague(void **state)
{
    struct ledger *ledger = *state;
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1",
        .has_no_stamp = true);
    struct incident *incident = sight_newest(ledger);
    assert_int_equal(incident->count, 1);
    assert_int_equal(incident->tally_count, 0);
    assert_true(incident->first_seen == 0);
    assert_int_equal(incident->stamp_trust, STAMP_EXACT);
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 5);
    assert_true(incident->first_seen == SIGHT_START + 5 * STAMP_SECOND);
    assert_true(incident->affected[0].first_seen == incident->first_seen);
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 6,
        .trust = STAMP_APPROXIMATE);
    SEE(ledger, .cause = &sight_refused, .pod = "p", .image = "a:1", .at = 7);
    assert_int_equal(incident->stamp_trust, STAMP_APPROXIMATE);
    assert_int_equal(
        SEE(ledger, .pod = "p", .image = "a:1", .has_no_stamp = true),
        CHANGE_RESOLVED);
}

/* An event of that uid, whose first failure was before START + `at`. */
static struct incident *
tell_event(struct ledger *ledger, const char *uid, int first, int at,
           uint64_t count)
{
    const struct record record = {
        .format = FORMAT_EVENT,
        .identity = slice_from(uid),
        .first_seen = SIGHT_START + first * STAMP_SECOND,
        .count = count,
        .stamp = {SIGHT_START + at * STAMP_SECOND, STAMP_EXACT},
    };
    struct incident *incident;
    const struct sight sight = {.cause = &sight_missing,
                                .pod = "p",
                                .image = "a:1",
                                .at = at,
                                .count = count,
                                .record = &record};
    sight_tell(ledger, &sight, &incident);
    return incident;
}

/* An event that was counted before it was read began to fail before it, too. */
static void
an_event_tells_since_when(void **state)
{
    struct ledger *ledger = *state;
    struct incident *incident = tell_event(ledger, "u-1", 10, 60, 4);
    assert_int_equal(incident->count, 4);
    assert_true(incident->first_seen == SIGHT_START + 10 * STAMP_SECOND);
    assert_true(incident->last_seen == SIGHT_START + 60 * STAMP_SECOND);
    assert_true(incident->affected[0].first_seen == incident->first_seen);
    /* What is new of it is of now; what a new one tells may be of before. */
    (void)tell_event(ledger, "u-1", 5, 90, 6);
    assert_true(incident->first_seen == SIGHT_START + 10 * STAMP_SECOND);
    (void)tell_event(ledger, "u-2", 3, 100, 2);
    assert_true(incident->first_seen == SIGHT_START + 3 * STAMP_SECOND);
    /* It was over meanwhile: nobody knows which failures are of this life. */
    SEE(ledger, .pod = "p", .image = "a:1", .at = 4000);
    struct incident *next = tell_event(ledger, "u-4", 4, 8000, 2);
    assert_int_equal(next->life, 2);
    assert_true(next->first_seen == SIGHT_START + 8000 * STAMP_SECOND);
}

/* Clocks differ, and texts are anybody's. */
static void
an_event_ends_no_sooner_than_it_began(void **state)
{
    const struct incident *incident = tell_event(*state, "u-1", 200, 110, 2);
    assert_true(incident->first_seen == SIGHT_START + 110 * STAMP_SECOND);
    assert_true(incident->last_seen == incident->first_seen);
    assert_true(incident->affected[0].first_seen == incident->first_seen);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(minutes_in_any_order_cost_little),
        ON_LEDGER(one_minute_is_one_tally),
        ON_LEDGER(great_counts_take_several_tallies),
        ON_LEDGER(tallies_hold_any_minute),
        ON_LEDGER(keeps_the_first_and_the_last_evidence),
        ON_LEDGER(evidence_is_written_over_in_place),
        ON_LEDGER(evidence_that_grows_moves_seldom),
        ON_LEDGER(facts_and_other_causes_add_up),
        ON_LEDGER(a_sandbox_image_makes_it_critical),
        ON_LEDGER(stamps_may_be_missing_or_vague),
        ON_LEDGER(an_event_tells_since_when),
        ON_LEDGER(an_event_ends_no_sooner_than_it_began),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
