/* SPDX-License-Identifier: Apache-2.0 */
#include "match/known.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Each fact is what the other says, one by one and all together. */
static void
assert_same(const struct known_facts *known, const struct facts *facts)
{
    struct facts all;
    known_unpack(known, &all);
    for (int i = 0; i < FACTS; i++) {
        struct slice value = facts->value[i];
        struct slice one = known_get(known, (enum fact)i);
        if (!slice_equal(one, value) || !slice_equal(all.value[i], value)) {
            fail_msg("%s is \"%.*s\", \"%.*s\" among all, not \"%.*s\"",
                     fact_row((enum fact)i)->name, SLICE_ARG(one),
                     SLICE_ARG(all.value[i]), SLICE_ARG(value));
        }
    }
}

static struct slice
number(struct arena *arena, int value)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%d", value);
    return arena_copy(arena, slice_of(text, (size_t)len));
}

static void
all_facts_may_be_known(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct arena arena = {0};
        struct known_facts known = {0};
        struct facts facts = {0};
        assert_same(&known, &facts);
        for (int i = 0; i < FACTS; i++) {
            int at = turn == 0 ? i : FACTS - 1 - i;
            facts.value[at] = number(&arena, at);
            known_set(&known, (enum fact)at, facts.value[at], &arena);
            assert_same(&known, &facts);
        }
        for (int i = 0; i < FACTS; i++) {
            facts.value[i] = SLICE("");
            known_set(&known, (enum fact)i, SLICE(""), &arena);
            known_set(&known, (enum fact)i, SLICE(""), &arena);
            assert_same(&known, &facts);
        }
        arena_free(&arena);
    }
}

static void
a_value_is_viewed_when_set_and_copied_when_merged(void **state)
{
    struct arena arena = {0};
    struct known_facts known = {0};
    struct facts facts = {0};
    char pod[] = "cart-0";
    char node[] = "node";
    (void)state;
    facts.value[FACT_POD] = slice_from(pod);
    facts.value[FACT_NODE] = slice_from(node);
    known_set(&known, FACT_POD, facts.value[FACT_POD], &arena);
    known_merge(&known, &facts, SLICE("some node"), &arena);
    memset(pod, 'x', sizeof(pod) - 1);
    memset(node, 'x', sizeof(node) - 1);
    assert_text(known_get(&known, FACT_POD), "xxxxxx");
    assert_text(known_get(&known, FACT_NODE), "node");
    arena_free(&arena);
}

/* Before what it is a part of is known, it is a text of its own. */
static void
a_part_of_what_is_known_is_kept_once(void **state)
{
    static const char image[] = "x.io/a/b:1";

    struct arena arena = {0};
    struct known_facts known = {0};
    struct facts facts = {0};
    (void)state;
    facts.value[FACT_REPOSITORY] = slice_of(image + 5, 3);
    known_merge(&known, &facts, SLICE("some node"), &arena);
    facts.value[FACT_IMAGE] = slice_from(image);
    facts.value[FACT_REGISTRY] = SLICE("x.io");
    facts.value[FACT_TAG] = slice_of(image + 9, 1);
    facts.value[FACT_DIGEST] = SLICE("x.io/a/b:1+");
    known_merge(&known, &facts, SLICE("some node"), &arena);
    struct slice whole = known_get(&known, FACT_IMAGE);
    struct slice repository = known_get(&known, FACT_REPOSITORY);
    assert_ptr_not_equal(whole.data, image);
    assert_ptr_equal(known_get(&known, FACT_REGISTRY).data, whole.data);
    assert_ptr_equal(known_get(&known, FACT_TAG).data, whole.data + 9);
    assert_false(repository.data == whole.data + 5);
    assert_same(&known, &facts);

    /* There another one stands now. */
    facts.value[FACT_VENDOR] = slice_of(image + 5, 1);
    known_set(&known, FACT_IMAGE, SLICE("y.io/c/d:2"), &arena);
    known_merge(&known, &facts, SLICE("some node"), &arena);
    assert_text(known_get(&known, FACT_VENDOR), "a");
    arena_free(&arena);
}

static void
the_end_of_a_text_is_not_copied(void **state)
{
    static const char key[] = "node-too-full|node-7";

    struct arena arena = {0};
    struct known_facts known = {0};
    struct facts facts = {0};
    (void)state;
    facts.value[FACT_NODE] = SLICE("node-7");
    facts.value[FACT_POD] = SLICE("node-too-full|node-77");
    known_merge(&known, &facts, slice_from(key), &arena);
    assert_same(&known, &facts);
    assert_ptr_equal(known_get(&known, FACT_NODE).data, key + 14);
    arena_free(&arena);
}

/* What was learned before stays where it was viewed. */
static void
texts_stay_when_more_is_learned(void **state)
{
    struct arena arena = {0};
    struct known_facts known = {0};
    struct facts facts = {.value = {[FACT_IMAGE] = SLICE("a:1")}};
    (void)state;
    known_merge(&known, &facts, SLICE("some node"), &arena);
    const char *text = known_get(&known, FACT_IMAGE).data;
    for (int i = 0; i < FACTS; i++) {
        facts.value[i] = SLICE("b");
        known_merge(&known, &facts, SLICE("some node"), &arena);
        assert_ptr_equal(known_get(&known, FACT_IMAGE).data, text);
    }
    assert_text(known_get(&known, FACT_IMAGE), "a:1");
    arena_free(&arena);
}

static uint64_t
next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *seed >> 33;
}

/* A few of the facts, some as long as before, some longer or shorter. */
static void
make_some(uint64_t *seed, struct facts *facts)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

    *facts = (struct facts){0};
    for (uint64_t i = next_random(seed) % 8; i > 0; i--) {
        size_t from = next_random(seed) % 26;
        size_t len = next_random(seed) % (27 - from);
        facts->value[next_random(seed) % FACTS] = slice_of(letters + from, len);
    }
}

static void
merge(struct facts *into, const struct facts *from)
{
    for (int i = 0; i < FACTS; i++) {
        if (into->value[i].len == 0) {
            into->value[i] = from->value[i];
        }
    }
}

static void
does_what_unpacked_facts_do(void **state)
{
    enum {
        ROUNDS = 200,
        STEPS = 40,
    };

    uint64_t seed = 11;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = {0};
        struct known_facts known = {0};
        struct facts facts = {0};
        for (int step = 0; step < STEPS; step++) {
            struct facts some;
            uint64_t kind = next_random(&seed) % 8;
            make_some(&seed, &some);
            if (kind == 0) {
                facts = some;
                known_set_all(&known, &some, &arena);
            } else if (kind < 4) {
                merge(&facts, &some);
                known_merge(&known, &some,
                            kind == 1 ? SLICE("wxyz") : SLICE(""), &arena);
            } else {
                enum fact fact = (enum fact)(next_random(&seed) % FACTS);
                facts.value[fact] = some.value[fact];
                known_set(&known, fact, some.value[fact], &arena);
            }
            assert_same(&known, &facts);
        }
        arena_free(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_facts_may_be_known),
        cmocka_unit_test(a_value_is_viewed_when_set_and_copied_when_merged),
        cmocka_unit_test(a_part_of_what_is_known_is_kept_once),
        cmocka_unit_test(the_end_of_a_text_is_not_copied),
        cmocka_unit_test(texts_stay_when_more_is_learned),
        cmocka_unit_test(does_what_unpacked_facts_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
