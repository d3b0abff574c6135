/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/ledger.h"
#include "incident/witness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct cause refused = {.slug = {"unauthorized", 12},
                                     .severity = SEVERITY_ERROR,
                                     .rank = 2,
                                     .scope = SCOPE_REGISTRY,
                                     .nature = NATURE_PERMANENT};
static const struct cause timeout = {.slug = {"connect-timeout", 15},
                                     .severity = SEVERITY_ERROR,
                                     .rank = 4,
                                     .scope = SCOPE_REGISTRY,
                                     .nature = NATURE_EITHER};

enum outcome {
    END,
    FAILED,
    TIMED_OUT,
    PULLED,
    THERE, /* on the node already */
};

/* NULL: not said. Times are seconds. */
struct line {
    enum outcome outcome;
    int64_t at;
    const char *image; /* behind the registry */
    const char *node;
    const char *vmss;
    const char *registry; /* NULL: x.azurecr.io */
};

static struct incident *
observe(struct ledger *ledger, const struct line *line)
{
    char image[128];
    struct facts facts = {0};
    struct incident *incident;
    const char *registry = line->registry ? line->registry : "x.azurecr.io";
    snprintf(image, sizeof(image), "%s/%s", registry, line->image);
    facts.value[FACT_REGISTRY] = slice_from(registry);
    facts.value[FACT_IMAGE] = slice_from(image);
    facts.value[FACT_NODE] = slice_from(line->node);
    facts.value[FACT_VMSS] = slice_from(line->vmss);
    const struct sighting sighting = {
        .cause = line->outcome == FAILED    ? &refused
               : line->outcome == TIMED_OUT ? &timeout
                                            : NULL,
        .is_success = line->outcome == PULLED || line->outcome == THERE,
        .was_there = line->outcome == THERE,
        .facts = &facts,
        .stamp = {(line->at + 1000000) * STAMP_SECOND, STAMP_EXACT},
        .count = 1,
        .line = SLICE("a line"),
    };
    ledger_observe(ledger, &sighting, &incident);
    return incident;
}

static void
check(size_t number, const struct line *lines, enum fact fact,
      const char *value)
{
    struct ledger *ledger = ledger_new(NULL);
    for (size_t i = 0; lines[i].outcome != END; i++) {
        observe(ledger, &lines[i]);
    }
    ledger_testify(ledger);
    const struct incident *incident =
        ledger_at(ledger, ledger_count(ledger) - 1);
    assert_non_null(incident);
    if (!slice_equal(incident_fact(incident, fact), slice_from(value))) {
        fail_msg("case %zu: %s is \"%.*s\", not %s", number,
                 fact_row(fact)->name, SLICE_ARG(incident_fact(incident, fact)),
                 value ? value : "unknown");
    }
    ledger_free(ledger);
}

enum {
    LINES = 8,
};

static void
other_pulls_say_whether_the_registry_works(void **state)
{
    (void)state;

    static const struct {
        struct line lines[LINES];
        const char *works;
    } cases[] = {
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 60, "b:1", "n1", NULL, NULL}},
         "other-image"},
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 60, "b:1", "n2", NULL, NULL}},
         "other-node"},
        {{{PULLED, 0, "a:1", "n2", NULL, NULL},
          {FAILED, 3000, "a:1", "n1", NULL, NULL}},
         "other-node"},
        {{{FAILED, 0, "a:1", NULL, NULL, NULL},
          {PULLED, 60, "b:1", NULL, NULL, NULL}},
         "other-image"},
        /* The first image of the node is known best. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 60, "a:1", "n2", NULL, NULL},
          {PULLED, 60, "b:1", "n1", NULL, NULL}},
         "other-image"},
        /* Too long before, too long after. */
        {{{PULLED, 0, "a:1", "n2", NULL, NULL},
          {FAILED, 3601, "a:1", "n1", NULL, NULL}},
         NULL},
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 3601, "a:1", "n2", NULL, NULL}},
         NULL},
        /* The same pull on the same node is a recovery. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 60, "a:1", "n1", NULL, NULL}},
         NULL},
        /* That it was there already shows nothing. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {THERE, 60, "b:1", "n2", NULL, NULL}},
         NULL},
        /* Another registry works: this one not, as far as the log tells. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 60, "b:1", "n1", NULL, "mcr.microsoft.com"}},
         "no"},
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 9000, "b:1", "n1", NULL, "mcr.microsoft.com"}},
         NULL},
        {{{FAILED, 0, "a:1", "n1", NULL, NULL}}, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        check(i, cases[i].lines, FACT_REGISTRY_WORKS, cases[i].works);
    }
}

static void
one_scale_set_may_fail_alone(void **state)
{
    (void)state;

    static const struct {
        struct line lines[LINES];
        const char *failing;
    } cases[] = {
        {{{FAILED, 0, "a:1", "n1", "v1", NULL},
          {FAILED, 9, "a:1", "n2", "v1", NULL},
          {PULLED, 60, "a:1", "n3", "v2", NULL}},
         "one"},
        {{{FAILED, 0, "a:1", "n1", "v1", NULL},
          {FAILED, 9, "a:1", "n2", "v2", NULL},
          {PULLED, 60, "a:1", "n3", "v3", NULL}},
         "several"},
        {{{FAILED, 0, "a:1", "n1", "v1", NULL},
          {PULLED, 60, "a:1", "n3", "v1", NULL}},
         NULL},
        {{{FAILED, 0, "a:1", "n1", "v1", NULL}}, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        check(i, cases[i].lines, FACT_SCALE_SET_FAILING, cases[i].failing);
    }
}

static void
a_refusal_that_heals_twice_flaps(void **state)
{
    (void)state;

    static const struct {
        struct line lines[LINES];
        const char *flapping;
    } cases[] = {
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {FAILED, 2000, "a:1", "n1", NULL, NULL},
          {PULLED, 2100, "a:1", "n1", NULL, NULL}},
         "yes"},
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {FAILED, 2000, "a:1", "n1", NULL, NULL}},
         NULL},
        /* The second time it lasted. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {FAILED, 2000, "a:1", "n1", NULL, NULL},
          {FAILED, 2100, "a:1", "n1", NULL, NULL},
          {PULLED, 2121, "a:1", "n1", NULL, NULL}},
         NULL},
        /* Somebody repaired it: all recover, no flap follows another. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {FAILED, 1, "a:1", "n2", NULL, NULL},
          {FAILED, 2, "a:1", "n3", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {PULLED, 41, "a:1", "n2", NULL, NULL},
          {PULLED, 42, "a:1", "n3", NULL, NULL}},
         NULL},
        /* Long ago is over. */
        {{{FAILED, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {FAILED, 90000, "a:1", "n1", NULL, NULL},
          {PULLED, 90040, "a:1", "n1", NULL, NULL}},
         NULL},
        {{{TIMED_OUT, 0, "a:1", "n1", NULL, NULL},
          {PULLED, 40, "a:1", "n1", NULL, NULL},
          {TIMED_OUT, 2000, "a:1", "n1", NULL, NULL},
          {PULLED, 2040, "a:1", "n1", NULL, NULL}},
         NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        check(i, cases[i].lines, FACT_FLAPPING, cases[i].flapping);
    }
}

/* The third life of a flapping incident counts as told, with the fact set. */
/* Two lives tell that it flaps; from then on one life counts on. */
static void
a_flap_more_is_the_same_life(void **state)
{
    (void)state;

    struct ledger *ledger = ledger_new(NULL);
    const struct incident *incident = NULL;
    for (int64_t i = 0; i < 6; i++) {
        const struct line failed = {FAILED, i * 2000, "a:1", "n1", NULL, NULL};
        const struct line pulled = {PULLED, i * 2000 + 40, "a:1",
                                    "n1",   NULL,          NULL};
        incident = observe(ledger, &failed);
        assert_int_equal(incident->state, INCIDENT_OPEN);
        assert_int_equal(incident->life, i < 2 ? i + 1 : 2);
        assert_int_equal(incident->flap_since != 0, i >= 2);
        assert_ptr_equal(observe(ledger, &pulled), incident);
        assert_int_equal(incident->state, INCIDENT_RESOLVED);
    }
    assert_int_equal(ledger_count(ledger), 2);
    assert_int_equal(incident->count, 5);
    assert_true(
        slice_equal(incident_fact(incident, FACT_FLAPPING), SLICE("yes")));
    /* Two days later it is a trouble of its own. */
    const struct line later = {FAILED, 200000, "a:1", "n1", NULL, NULL};
    incident = observe(ledger, &later);
    assert_int_equal(incident->life, 3);
    assert_int_equal(incident_fact(incident, FACT_FLAPPING).len, 0);
    ledger_free(ledger);
}

/* Any number of registries and images: only the latest are remembered. */
static void
its_memory_is_bounded(void **state)
{
    (void)state;
    struct ledger *ledger = ledger_new(NULL);
    char registry[32];
    char image[32];
    for (int i = 0; i < 500; i++) {
        snprintf(registry, sizeof(registry), "r%d.example.com", i % 100);
        snprintf(image, sizeof(image), "i%d:1", i);
        const struct line line = {
            i % 2 ? PULLED : FAILED, i, image, "n1", NULL, registry};
        observe(ledger, &line);
    }
    ledger_testify(ledger);
    ledger_free(ledger);
}

/* What one of few pulls of a registry says, at any time of some hours. */
static struct sighting
seen_anyhow(uint64_t *seed, int64_t *now, struct facts *facts, size_t *number)
{
    static const char *const images[] = {"x.azurecr.io/a:1", "x.azurecr.io/b"};
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    uint64_t random = *seed >> 33;
    *number = random % 4;
    *facts = (struct facts){0};
    facts->value[FACT_REGISTRY] = SLICE("x.azurecr.io");
    facts->value[FACT_IMAGE] = slice_from(images[random % 2]);
    facts->value[FACT_NODE] = slice_from(random / 2 % 2 ? "n1" : "n2");
    bool is_success = random / 4 % 3 == 0;
    int64_t late = random / 16 % 8 == 0 ? (int64_t)(random / 128 % 90) : 0;
    *now += random / 16 % 8 == 7 ? 70 : (int64_t)(random / 128 % 3);
    return (struct sighting){
        .cause = is_success ? NULL : &refused,
        .is_success = is_success,
        .facts = facts,
        .stamp = {(*now - late) * STAMP_MINUTE, STAMP_EXACT},
        .count = 1,
    };
}

static bool
teaches_the_same(const struct witness *one, const struct witness *other)
{
    struct incident incidents[2];
    for (int i = 0; i < 2; i++) {
        incidents[i] = (struct incident){.cause = &refused,
                                         .last_seen = 2000 * STAMP_MINUTE};
        incident_set_fact(&incidents[i], FACT_REGISTRY, SLICE("x.azurecr.io"));
        witness_teach(i == 0 ? one : other, &incidents[i]);
    }
    bool is_same = true;
    for (int i = 0; i < FACTS; i++) {
        is_same = is_same
               && slice_equal(incident_fact(&incidents[0], (enum fact)i),
                              incident_fact(&incidents[1], (enum fact)i));
    }
    arena_free(&incidents[0].arena);
    arena_free(&incidents[1].arena);
    return is_same;
}

/* Whether it is asked for where it was or by what it is. */
static void
once_more_is_as_if_new(void **state)
{
    enum {
        ROUNDS = 300,
        SEEN = 40,
    };

    uint64_t seed = 77;
    int flapping = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct witness *whole = witness_new();
        struct witness *again = witness_new();
        struct witness_names names[4] = {{.registry = NULL}};
        int64_t now = 1000;
        for (int line = 0; line < SEEN; line++) {
            struct facts facts;
            size_t number;
            struct sighting sighting =
                seen_anyhow(&seed, &now, &facts, &number);
            witness_observe(whole, &sighting);
            if (!sighting.is_success && names[number].registry) {
                witness_expect(&names[number]);
                witness_again(again, &names[number], facts.value[FACT_IMAGE],
                              sighting.stamp.us);
            } else {
                witness_observe(again, &sighting);
            }
            if (!sighting.is_success && !names[number].registry) {
                assert_true(witness_find(again, &sighting, &names[number]));
            }
            if (!teaches_the_same(whole, again)) {
                fail_msg("round %d, line %d", round, line);
            }
        }
        struct incident last = {.cause = &refused,
                                .last_seen = now * STAMP_MINUTE};
        incident_set_fact(&last, FACT_REGISTRY, SLICE("x.azurecr.io"));
        witness_teach(whole, &last);
        flapping += incident_fact(&last, FACT_FLAPPING).len > 0;
        arena_free(&last.arena);
        witness_free(whole);
        witness_free(again);
    }
    assert_in_range(flapping, 1, ROUNDS - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_pulls_say_whether_the_registry_works),
        cmocka_unit_test(one_scale_set_may_fail_alone),
        cmocka_unit_test(a_refusal_that_heals_twice_flaps),
        cmocka_unit_test(a_flap_more_is_the_same_life),
        cmocka_unit_test(its_memory_is_bounded),
        cmocka_unit_test(once_more_is_as_if_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
