/* SPDX-License-Identifier: Apache-2.0 */
#include "app/near.h"
#include "text.h"

static void
names_the_likely_slip(void **state)
{
    (void)state;

    static const struct {
        const char *word;
        const char *best;
    } cases[] = {
        {"history", "history"},
        {"histroy", "history"},
        {"hist", NULL},
        {"shwo", "show"},
        {"sow", "show"},
        {"showw", "show"},
        {"slow", "show"},
        {"so", NULL},
        {"sq", "sql"},
        {"x", NULL},
        {"", NULL},
        {"app.log", NULL},
        {"SHOW", NULL},
        {"a-word-that-is-much-longer-than-any-name", NULL},
    };

    static const char *const names[] = {"show", "sql", "history"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct near near = {.word = slice_from(cases[i].word)};
        for (size_t n = 0; n < COUNT(names); n++) {
            near_try(&near, names[n]);
        }
        assert_text(slice_from(near.best), cases[i].best);
    }
}

static void
the_nearest_wins_and_then_the_first(void **state)
{
    (void)state;
    struct near near = {.word = SLICE("stale")};
    near_try(&near, "a-name-that-is-much-longer-than-any-word");
    near_try(&near, "stall");
    near_try(&near, "state");
    assert_string_equal(near.best, "stall");
    near_try(&near, "stale");
    assert_string_equal(near.best, "stale");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_likely_slip),
        cmocka_unit_test(the_nearest_wins_and_then_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
