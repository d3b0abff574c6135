/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
cuts_at_the_first_byte(void **state)
{
    (void)state;
    struct slice rest = SLICE("level=error=x"), key;
    assert_true(slice_cut(&rest, '=', &key));
    assert_true(slice_equal(key, SLICE("level")));
    assert_true(slice_equal(rest, SLICE("error=x")));
    assert_false(slice_cut(&rest, '|', &key));
    assert_true(slice_equal(rest, SLICE("error=x")));
}

static void
finds_text_with_nul_and_at_the_very_end(void **state)
{
    (void)state;
    struct slice text = SLICE("ab\0cab\0d");
    assert_int_equal(slice_find(text, SLICE("ab\0d")), 4);
    assert_int_equal(slice_find(text, SLICE("\0d")), 6);
    assert_int_equal(slice_find(text, SLICE("x")), SLICE_NONE);
    assert_int_equal(slice_find(SLICE(""), SLICE("x")), SLICE_NONE);
    assert_int_equal(slice_find(text, SLICE("")), 0);
    assert_int_equal(slice_find(SLICE("aab"), SLICE("ab")), 1);
}

static size_t
find_plainly(struct slice text, struct slice needle)
{
    for (size_t at = 0; at + needle.len <= text.len; at++) {
        if (slice_starts(slice_after(text, at), needle)) {
            return at;
        }
    }
    return SLICE_NONE;
}

/* In a block of its own, so that a look behind its end is found. */
static void
finds_among_many_that_are_alike(void **state)
{
    (void)state;

    enum {
        LONGEST = 90,
        NEEDLE = 5
    };

    static const char bytes[] = "&&&&&&&&[[:a";
    uint32_t seed = 7;
    for (size_t round = 0; round < 20000; round++) {
        size_t len = round % LONGEST;
        size_t kinds = 2 + round % (sizeof(bytes) - 2);
        char *block = mem_new(len + 1);
        char needle[NEEDLE];
        for (size_t i = 0; i < len + NEEDLE; i++) {
            seed = seed * 1664525u + 1013904223u;
            char byte = bytes[sizeof(bytes) - 2 - (seed >> 24) % kinds];
            *(i < len ? &block[1 + i] : &needle[i - len]) = byte;
        }
        struct slice text = slice_of(block + 1, len);
        struct slice sought = slice_of(needle, 1 + round % NEEDLE);
        assert_int_equal(slice_find(text, sought), find_plainly(text, sought));
        assert_int_equal(slice_find_near(text, needle[0]),
                         slice_find_byte(text, needle[0]));
        mem_free(block);
    }
}

static void
reads_numbers_that_fit(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"12a", false, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 0;
        assert_int_equal(slice_to_u64(slice_from(cases[i].text), &value),
                         cases[i].ok);
        if (cases[i].ok) {
            assert_true(value == cases[i].value);
        }
    }
}

static void
words_and_trimming(void **state)
{
    (void)state;
    struct slice rest = SLICE("  one\ttwo  ");
    assert_true(slice_equal(slice_word(&rest), SLICE("one")));
    assert_true(slice_equal(slice_word(&rest), SLICE("two")));
    assert_int_equal(slice_word(&rest).len, 0);
    rest = SLICE("\xe2\x80\x8b\x80\xa0\x01\x1f\x7f\x80\x8a\x8d\xa0\x89\xff\xfe"
                 "\x81\x80\x80 \x1b[31m\x1b[31m\r\xc2\xa0\xc2\xa0\nx");
    assert_int_equal(slice_word(&rest).len, 18);
    assert_int_equal(slice_word(&rest).len, 10);
    assert_int_equal(slice_word(&rest).len, 4);
    assert_int_equal(slice_word(&rest).len, 1);
    assert_true(slice_equal(slice_trim(SLICE(" \r\nx y\n")), SLICE("x y")));
    assert_int_equal(slice_trim(SLICE(" \t ")).len, 0);
}

/* Any byte at any place ends a word or does not, whatever stands around it. */
static void
a_word_ends_at_blanks_alone(void **state)
{
    (void)state;
    static const char around[] = {'a', '!', '\x01', '\x80', '\xff'};
    for (size_t kind = 0; kind < sizeof(around); kind++) {
        for (size_t at = 1; at < 24; at++) {
            for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
                char text[24];
                memset(text, around[kind], sizeof(text));
                text[at] = (char)byte;
                bool ends =
                    byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
                struct slice rest = slice_of(text, sizeof(text));
                assert_int_equal(slice_word(&rest).len,
                                 ends ? at : sizeof(text));
            }
        }
    }
}

static void
compares_without_reading_beyond(void **state)
{
    (void)state;
    assert_true(slice_starts_nocase(SLICE("HTTPS://x"), SLICE("https://")));
    assert_true(slice_is(SLICE("unit"), "unit"));
    assert_false(slice_is(SLICE("unit"), "units"));
    assert_false(slice_is(SLICE("units"), "unit"));
    assert_false(slice_is(SLICE(""), "unit"));
    assert_false(slice_is(SLICE("Unit"), "unit"));
    assert_false(slice_starts(SLICE("ht"), SLICE("https")));
    assert_false(slice_ends(SLICE("o"), SLICE("io")));
    assert_true(slice_ends(SLICE("azurecr.io"), SLICE(".io")));
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("ab"), SLICE("ab")) == 0);
    assert_int_equal(slice_find_last(SLICE("a/b/c"), '/'), 3);
    assert_int_equal(slice_find_last(SLICE("abc"), '/'), SLICE_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_the_first_byte),
        cmocka_unit_test(finds_text_with_nul_and_at_the_very_end),
        cmocka_unit_test(finds_among_many_that_are_alike),
        cmocka_unit_test(reads_numbers_that_fit),
        cmocka_unit_test(words_and_trimming),
        cmocka_unit_test(a_word_ends_at_blanks_alone),
        cmocka_unit_test(compares_without_reading_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
