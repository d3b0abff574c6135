/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "match/memo.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const struct keyed secret = {{1, 2}};

static struct record
record_of(const char *message)
{
    return (struct record){.format = FORMAT_KLOG,
                           .level = LEVEL_ERROR,
                           .message = slice_from(message)};
}

static void
keep(struct memo *memo, const struct record *record, const char *image)
{
    struct finding found = {.kind = FINDING_FAILURE};
    assert_false(memo_find(memo, record, &found));
    found.facts.value[FACT_IMAGE] = slice_from(image);
    found.facts.value[FACT_POD] = SLICE("cart-0");
    memo_add(memo, record, &found);
}

static void
the_same_is_known_again(void **state)
{
    struct memo *memo = memo_new(false, &secret);
    struct record record = record_of("Failed to pull image");
    struct finding found;
    char image[] = "a.io/b:1";
    (void)state;
    keep(memo, &record, image);
    memset(image, 'x', sizeof(image)); /* what was viewed is gone */
    record.stamp = (struct stamp){5, STAMP_EXACT};
    record.count = 7;
    record.first_seen = 3;
    assert_true(memo_find(memo, &record, &found));
    assert_int_equal(found.kind, FINDING_FAILURE);
    assert_true(slice_equal(found.facts.value[FACT_IMAGE], SLICE("a.io/b:1")));
    assert_true(slice_equal(found.facts.value[FACT_POD], SLICE("cart-0")));
    assert_int_equal(found.facts.value[FACT_REGISTRY].len, 0);
    memo_free(memo);
}

/* Whatever a classifier reads of it. */
static void
another_is_not_known(void **state)
{
    struct memo *memo = memo_new(false, &secret);
    const struct record record = record_of("Failed to pull image");
    struct finding found;
    (void)state;
    keep(memo, &record, "a.io/b:1");
    for (size_t i = 0; i < 15; i++) {
        struct record other = record;
        struct slice *const texts[] = {
            &other.error, &other.unit, &other.file,      &other.node,
            &other.kind,  &other.pod,  &other.namespace, &other.pod_uid,
            &other.image, &other.host, &other.container, &other.secret,
            &other.reason};
        if (i < COUNT(texts)) {
            *texts[i] = SLICE("a");
        } else if (i == COUNT(texts)) {
            other.level = LEVEL_INFO;
        } else {
            other.format = FORMAT_LOGFMT;
        }
        assert_false(memo_find(memo, &other, &found));
    }
    /* The bytes of one text never pass for those of the next. */
    struct record other = record;
    other.message = SLICE("Failed to pull imag");
    other.error = SLICE("e");
    assert_false(memo_find(memo, &other, &found));
    memo_free(memo);
}

/* Whose it is comes from the record, unless the message told it. */
static void
knows_it_of_another_pod(void **state)
{
    struct memo *memo = memo_new(false, &secret);
    struct record record = record_of("Failed to pull image");
    struct finding found = {.kind = FINDING_FAILURE};
    (void)state;
    record.pod = SLICE("cart-0");
    record.node = SLICE("node-1");
    assert_false(memo_find(memo, &record, &found));
    found.facts.value[FACT_POD] = record.pod;
    found.facts.value[FACT_NODE] = SLICE("node-1 of the message");
    found.facts.value[FACT_CONTAINER] = SLICE("cart");
    memo_add(memo, &record, &found);
    record.pod = SLICE("cart-1");
    record.node = SLICE("node-2");
    assert_true(memo_find(memo, &record, &found));
    assert_text(found.facts.value[FACT_POD], "cart-1");
    assert_text(found.facts.value[FACT_NODE], "node-1 of the message");
    assert_text(found.facts.value[FACT_CONTAINER], "cart");
    record.container = SLICE("mail");
    assert_false(memo_find(memo, &record, &found));
    memo_free(memo);

    memo = memo_new(true, &secret);
    found = (struct finding){.kind = FINDING_FAILURE};
    assert_false(memo_find(memo, &record, &found));
    memo_add(memo, &record, &found);
    assert_true(memo_find(memo, &record, &found));
    record.pod = SLICE("cart-2");
    assert_false(memo_find(memo, &record, &found));
    memo_free(memo);
}

/* Any part of the text, or all of it. */
static struct slice
some_of(struct slice text, uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    size_t from = (*seed >> 33) % text.len;
    size_t len = (*seed >> 48) % (text.len - from) + 1;
    return *seed >> 60 == 0 ? text : slice_of(text.data + from, len);
}

/* Each fact is of the message, the error, the pod, the node or of elsewhere. */
static void
find_some(const struct slice texts[5], uint64_t *seed, struct facts *facts)
{
    *facts = (struct facts){0};
    for (int i = 0; i < 12; i++) {
        size_t which = *seed >> 40 & 7;
        struct slice text = texts[which < 5 ? which : 0];
        facts->value[(*seed >> 50) % FACTS] = some_of(text, seed);
    }
    facts->value[FACT_POD] = texts[3];
    facts->value[FACT_NODE] = slice_before(texts[4], *seed >> 35 & 31);
}

/* What a record is made of, and what else facts are found in. */
struct matter {
    char message[64];
    char error[64];
    char elsewhere[64];
    char pod[64];
    char node[64];
};

static struct record
record_in(const struct matter *matter)
{
    struct record record = record_of(matter->message);
    record.error = slice_from(matter->error);
    record.pod = slice_from(matter->pod);
    record.node = slice_from(matter->node);
    return record;
}

/* What was viewed is gone; all but whose it is comes back as it was. */
static void
keep_and_find(struct memo *memo, int round, uint64_t *seed)
{
    struct matter matter = {"", "not found: x.io/shop/cart:7.1",
                            "contoso.azurecr.io/shop/cart", "cart-7f5b8-x2x4z",
                            "aks-apps-vmss00000a"};
    snprintf(matter.message, sizeof(matter.message),
             "Failed to pull image %d: \"x.io/shop/cart:7.1\"", round);
    struct matter other = matter;
    snprintf(other.pod, sizeof(other.pod), "cart-0");
    snprintf(other.node, sizeof(other.node), "aks-1");
    struct record record = record_in(&matter);
    struct record later = record_in(&other);
    struct arena arena = {0};
    struct facts wanted = {0};
    struct finding found;
    assert_false(memo_find(memo, &record, &found));
    found = (struct finding){.kind = FINDING_FAILURE,
                             .also_count = (size_t)round % 5};
    static const struct cause causes[FINDING_ALSO];
    for (size_t i = 0; i < found.also_count; i++) {
        found.also[i] = &causes[i];
    }
    const struct slice texts[] = {record.message, record.error,
                                  slice_from(matter.elsewhere), record.pod,
                                  record.node};
    find_some(texts, seed, &found.facts);
    for (int i = 0; i < FACTS; i++) {
        wanted.value[i] = arena_copy(&arena, found.facts.value[i]);
    }
    wanted.value[FACT_POD] = later.pod;
    if (slice_equal(found.facts.value[FACT_NODE], record.node)) {
        wanted.value[FACT_NODE] = later.node;
    }
    memo_add(memo, &record, &found);
    memset(&matter, 'x', sizeof(matter));
    assert_true(memo_find(memo, &later, &found));
    assert_int_equal(found.also_count, round % 5);
    for (size_t i = 0; i < FINDING_ALSO; i++) {
        assert_ptr_equal(found.also[i],
                         i < found.also_count ? &causes[i] : NULL);
    }
    for (int i = 0; i < FACTS; i++) {
        assert_true(slice_equal(found.facts.value[i], wanted.value[i]));
    }
    arena_free(&arena);
}

static void
facts_come_back_wherever_they_stood(void **state)
{
    struct memo *memo = memo_new(false, &secret);
    uint64_t seed = 5;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        keep_and_find(memo, round, &seed);
    }
    memo_free(memo);
}

static void
it_is_bounded(void **state)
{
    enum {
        RECORDS = 30000
    };

    struct memo *memo = memo_new(false, &secret);
    struct buf message = {0};
    struct finding found;
    (void)state;
    for (int i = 0; i < RECORDS; i++) {
        buf_clear(&message);
        buf_print(&message, "Failed to pull image %d: %0*d", i,
                  i % 3 == 0 ? 4000 : 40, i);
        struct record record = record_of("");
        record.message = buf_slice(&message);
        keep(memo, &record, buf_string(&message));
        assert_true(memo_find(memo, &record, &found));
    }
    assert_true(memo_count(memo) > 1000);
    assert_true(memo_count(memo) < 8193);

    buf_clear(&message);
    buf_print(&message, "%0*d", MEMO_LARGEST + 100, 1);
    struct record record = record_of("");
    record.message = buf_slice(&message);
    keep(memo, &record, "a.io/b:1");
    assert_false(memo_find(memo, &record, &found));
    buf_free(&message);
    memo_free(memo);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_known_again),
        cmocka_unit_test(another_is_not_known),
        cmocka_unit_test(knows_it_of_another_pod),
        cmocka_unit_test(facts_come_back_wherever_they_stood),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
