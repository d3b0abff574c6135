/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    FORM = KEPT_WRAPPED | 12 << KEPT_FORM_BITS,
    NAME = 32,
};

static bool
holds(const struct kept *kept, struct slice text, uint32_t form,
      struct slice wanted)
{
    struct slice made;
    return kept_find(kept, text, form, &made) && slice_equal(made, wanted);
}

static void
a_text_is_found_by_what_it_says(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    char text[] = "the same text";
    const struct slice here = slice_from(text);
    struct slice made = SLICE("not touched");
    assert_false(kept_find(kept, here, FORM, &made));
    assert_true(slice_equal(made, SLICE("not touched")));
    kept_add(kept, here, FORM, SLICE("made of it"));
    assert_true(holds(kept, here, FORM, SLICE("made of it")));
    assert_true(holds(kept, SLICE("the same text"), FORM, SLICE("made of it")));
    assert_false(kept_find(kept, here, KEPT_WRAPPED, &made));
    assert_false(kept_find(kept, here, KEPT_JSON, &made));
    assert_false(kept_find(kept, SLICE("the same"), FORM, &made));
    /* Another catalogue may stand in its place. */
    memcpy(text, "another", sizeof("another") - 1);
    assert_false(kept_find(kept, here, FORM, &made));
    kept_free(kept);
}

static void
nothing_is_a_text_too(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    struct slice made;
    assert_false(kept_find(kept, slice_of(NULL, 0), FORM, &made));
    kept_add(kept, slice_of(NULL, 0), FORM, SLICE("\n"));
    assert_true(holds(kept, SLICE(""), FORM, SLICE("\n")));
    kept_add(kept, SLICE("x"), FORM, SLICE(""));
    assert_true(holds(kept, SLICE("x"), FORM, SLICE("")));
    kept_free(kept);
}

static void
what_is_made_may_be_of_any_type(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    for (size_t len = 1; len < NAME; len++) {
        static const char text[NAME] = "some text that has so many bytes";
        struct slice made;
        kept_add(kept, slice_of(text, len), FORM, slice_of(text, len));
        assert_true(kept_find(kept, slice_of(text, len), FORM, &made));
        assert_int_equal((uintptr_t)made.data % sizeof(uint64_t), 0);
    }
    kept_free(kept);
}

static void
nobody_has_to_keep(void **state)
{
    (void)state;
    struct slice made;
    kept_add(NULL, SLICE("x"), FORM, SLICE("y"));
    assert_false(kept_find(NULL, SLICE("x"), FORM, &made));
    kept_free(NULL);
}

/* How many of the first `count` texts are there. */
static size_t
count_found(const struct kept *kept, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        char name[NAME];
        int len = snprintf(name, sizeof(name), "a text's begin %zu", i);
        struct slice text = slice_of(name, (size_t)len);
        found += holds(kept, text, FORM, text);
    }
    return found;
}

static void
there_are_never_more_than_the_bound(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    for (size_t i = 0; i <= KEPT_TEXTS; i++) {
        char name[NAME];
        int len = snprintf(name, sizeof(name), "a text's begin %zu", i);
        struct slice text = slice_of(name, (size_t)len);
        assert_int_equal(count_found(kept, i == KEPT_TEXTS ? i : 0),
                         i == KEPT_TEXTS ? i : 0);
        kept_add(kept, text, FORM, text);
        assert_true(holds(kept, text, FORM, text));
    }
    assert_int_equal(count_found(kept, KEPT_TEXTS + 1), 1);
    kept_free(kept);
}

static void
nor_are_they_longer(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    struct slice made;
    char *bytes = mem_new(KEPT_BYTES);
    kept_add(kept, SLICE("x"), FORM, SLICE("y"));
    kept_add(kept, SLICE("huge"), FORM, slice_of(bytes, KEPT_BYTES));
    assert_false(kept_find(kept, SLICE("huge"), FORM, &made));
    assert_true(holds(kept, SLICE("x"), FORM, SLICE("y")));
    struct slice large = slice_of(bytes, KEPT_BYTES - 2);
    kept_add(kept, SLICE("z"), FORM, large);
    assert_true(holds(kept, SLICE("z"), FORM, large));
    assert_false(kept_find(kept, SLICE("x"), FORM, &made));
    mem_free(bytes);
    kept_free(kept);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_found_by_what_it_says),
        cmocka_unit_test(nothing_is_a_text_too),
        cmocka_unit_test(what_is_made_may_be_of_any_type),
        cmocka_unit_test(nobody_has_to_keep),
        cmocka_unit_test(there_are_never_more_than_the_bound),
        cmocka_unit_test(nor_are_they_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
