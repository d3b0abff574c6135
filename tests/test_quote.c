/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "match/quote.h"

static void
ends_at_a_quote_of_the_same_depth(void **state)
{
    (void)state;

    /* `text` begins with the quote. */
    static const struct {
        const char *text;
        const char *inside; /* NULL if it is not closed */
        size_t open;
        size_t close;
    } cases[] = {
        {"\"a\" b", "a", 1, 1},
        {"\"\" b", "", 1, 1},
        {"\\\"a\\\" b", "a", 2, 2},
        {"\\\\\\\"a\\\\\\\" b", "a", 4, 4},
        /* quotes inside are escaped once more */
        {"\"a\\\"b\" c", "a\\\"b", 1, 1},
        {"\\\"a\\\\\\\"b\\\" c", "a\\\\\\\"b", 2, 2},
        {"\"a\\\\\\\"b\" c", "a\\\\\\\"b", 1, 1},
        /* a backslash that is meant, before the end */
        {"\"a\\\\\" c", "a\\\\", 1, 1},
        {"\\\"a\\\\\\\\\\\" c", "a\\\\\\\\", 2, 2},
        /* cut off, or closed at another depth only */
        {"\"a", NULL, 1, 0},
        {"\"", NULL, 1, 0},
        {"\\\"a\" b", NULL, 2, 0},
        {"\"a\\\" b", NULL, 1, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice text = slice_from(cases[i].text);
        size_t open = quote_len(text);
        assert_int_equal(open, cases[i].open);
        struct slice rest = slice_after(text, open);
        size_t end = quote_end(rest, open);
        if (!cases[i].inside) {
            assert_int_equal(end, SLICE_NONE);
            continue;
        }
        assert_slice(slice_before(rest, end), cases[i].inside, cases[i].text);
        assert_int_equal(quote_depth(open), cases[i].close);
    }
}

static void
backslashes_alone_are_no_quote(void **state)
{
    (void)state;
    assert_int_equal(quote_len(SLICE("")), 0);
    assert_int_equal(quote_len(SLICE("a\"")), 0);
    assert_int_equal(quote_len(SLICE("\\\\\\")), 0);
    assert_int_equal(quote_len(SLICE("\\n\"")), 0);
    assert_int_equal(quote_run(SLICE("\\\\n\\")), 2);
    /* of three bytes, two are a backslash */
    assert_int_equal(quote_len(SLICE("\\\\\"")), 3);
    assert_int_equal(quote_depth(3), 1);
    assert_int_equal(quote_depth(8), 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_at_a_quote_of_the_same_depth),
        cmocka_unit_test(backslashes_alone_are_no_quote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
