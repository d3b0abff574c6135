/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/needle.h"

#include <string.h>

static void
finds_any_of_its_literals(void **state)
{
    (void)state;
    struct needle_set *set = needle_set_new();

    static const char *const literals[] = {
        "ErrImagePull", "failed to pull", "fail", "イメージ ", "ab",
    };

    static const struct {
        const char *text;
        bool found;
    } cases[] = {
        {"ErrImagePull", true},
        {"x ErrImagePull", true},
        {"ErrImagePulx", false},
        {"ErrErrImagePull", true},
        {"Error: ErrImagePul", false},
        {"errimagepull", false},
        {"failed", true},
        {"fai", false},
        {"…イメージ x", true},
        {"ab", true},
        {"a", false},
        {"ba", false},
        {"", false},
    };

    for (size_t i = 0; i < COUNT(literals); i++) {
        needle_set_add(set, slice_from(literals[i]));
        needle_set_add(set, slice_from(literals[i]));
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (needle_find(set, slice_from(cases[i].text)) != cases[i].found) {
            fail_msg("%s", cases[i].text);
        }
    }
    assert_false(needle_find(set, slice_of(NULL, 0)));
    assert_true(needle_find(set, SLICE("\0\xff\0ab")));
    needle_set_free(set);
}

static void
keeps_a_copy(void **state)
{
    (void)state;
    char literal[] = "needle";
    struct needle_set *set = needle_set_new();
    assert_false(needle_find(set, SLICE("needle")));
    needle_set_add(set, slice_from(literal));
    memset(literal, 'x', sizeof(literal));
    assert_true(needle_find(set, SLICE("a needle")));
    assert_false(needle_find(set, SLICE("a xeedle")));
    needle_set_free(set);
    needle_set_free(NULL);
}

static void
looks_no_further_than_the_text(void **state)
{
    (void)state;
    struct needle_set *set = needle_set_new();
    const char text[] = {'n', 'e', 'e', 'd'};
    needle_set_add(set, SLICE("needle"));
    assert_false(needle_find(set, slice_of(text, sizeof(text))));
    assert_false(needle_find(set, slice_of("needle", 5)));
    needle_set_free(set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_any_of_its_literals),
        cmocka_unit_test(keeps_a_copy),
        cmocka_unit_test(looks_no_further_than_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
