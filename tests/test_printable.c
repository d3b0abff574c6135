/* SPDX-License-Identifier: Apache-2.0 */
#include "report/printable.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
check(struct slice given, const char *shown, size_t cells)
{
    struct buf out = {0};
    printable_add(&out, given);
    assert_string_equal(buf_string(&out), shown);
    assert_int_equal(printable_width(given), cells);
    buf_free(&out);
}

static void
shows_what_a_terminal_would_obey(void **state)
{
    (void)state;
    check(SLICE("plain ~text"), "plain ~text", 11);
    check(SLICE("\x1b[31m"), "\\x1b[31m", 8);
    check(SLICE("a\nb\tc\rd"), "a\\nb\\tc\\rd", 10);
    check(SLICE("a\0b\x7f"), "a\\x00b\\x7f", 10);
    check(SLICE("\xc2\x9b"), "\\u009b", 6); /* C1's CSI */
    check(SLICE("a\xe2\x80\xae"
                "b"),
          "a\\u202eb", 8);                               /* right to left */
    check(SLICE("\xe2\x80\x8b"), "\\u200b", 6);          /* zero width */
    check(SLICE("\xef\xbb\xbf"), "\\ufeff", 6);          /* byte order mark */
    check(SLICE("\xe2\x80\xa8"), "\\u2028", 6);          /* line separator */
    check(SLICE("\xf3\xa0\x81\x81"), "\\U000e0041", 10); /* tag letter */
}

static void
shows_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    check(SLICE("\xff"), "\\xff", 4);
    check(SLICE("a\xe3\x81"), "a\\xe3\\x81", 9);         /* cut off */
    check(SLICE("\xc0\xaf"), "\\xc0\\xaf", 8);           /* overlong */
    check(SLICE("\xe0\x80\xaf"), "\\xe0\\x80\\xaf", 12); /* overlong */
    check(SLICE("\xed\xa0\x80"), "\\xed\\xa0\\x80", 12); /* surrogate */
    check(SLICE("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", 16);
    check(SLICE("\xe3(x"), "\\xe3(x", 6); /* the next byte is kept */
}

static void
counts_cells_as_a_terminal_does(void **state)
{
    (void)state;
    check(SLICE("イメージ"), "イメージ", 8);
    check(SLICE("ｲﾒｰｼﾞ"), "ｲﾒｰｼﾞ", 5); /* half width */
    check(SLICE("、。（）"), "、。（）", 8);
    check(SLICE("é"), "é", 1);
    check(SLICE("e\xcc\x81"), "e\xcc\x81", 1); /* e and a combining accent */
    check(SLICE("か\xe3\x82\x99"), "か\xe3\x82\x99", 2);
    check(SLICE("\xf0\x9f\x9a\x80"), "\xf0\x9f\x9a\x80", 2); /* a rocket */
    check(SLICE("\xf0\xa0\xae\xb7"), "\xf0\xa0\xae\xb7", 2); /* plane 2 */
    check(SLICE(""), "", 0);
}

static void
cuts_out_of_the_middle(void **state)
{
    (void)state;

    static const struct {
        const char *given;
        size_t cells;
        const char *shown;
    } cases[] = {
        {"abcdefghij", 10, "abcdefghij"},
        {"abcdefghij", 9, "ab...ghij"},
        {"abcdefghij", 8, "a...ghij"},
        {"abcdefghij", 3, "..."},
        {"abcdefghij", 0, "..."},
        {"レジストリの権限", 15, "レジ...リの権限"},
        {"レジストリの権限", 14, "レ...リの権限"},
        {"レジストリの権限", 11, "レ...の権限"},
        {"a\nbcdefghij", 9, "a...ghij"},
        {"", 0, ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out = {0};
        printable_add_cut(&out, slice_from(cases[i].given), cases[i].cells);
        assert_string_equal(buf_string(&out), cases[i].shown);
        buf_free(&out);
    }
}

/* Whatever it was, shown it is plain, and showing it again changes nothing. */
static void
every_pair_of_bytes_comes_out_plain(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair <= 0xffff; pair++) {
        char bytes[] = {(char)(pair >> 8), (char)(pair & 0xff), '\x80'};
        struct buf once = {0};
        printable_add(&once, slice_of(bytes, sizeof(bytes)));
        struct slice rest = buf_slice(&once);
        struct printable_glyph glyph;
        size_t cells = 0;
        while (printable_next(&rest, &glyph)) {
            assert_true(glyph.is_plain);
            cells += glyph.cells;
        }
        assert_int_equal(printable_width(slice_of(bytes, 3)), cells);
        buf_free(&once);
    }
}

/* Every byte at every place of a text that is printable but for it. */
static void
a_run_ends_before_what_is_not_printable(void **state)
{
    char text[40];
    (void)state;
    for (size_t len = 1; len <= sizeof(text); len++) {
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte <= UCHAR_MAX; byte++) {
                memset(text, at % 2 == 0 ? ' ' : '~', len);
                text[at] = (char)(unsigned char)byte;
                assert_int_equal(printable_run(slice_of(text, len)),
                                 byte >= 0x20 && byte < 0x7f ? len : at);
            }
        }
    }
    assert_int_equal(printable_run(slice_of(NULL, 0)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_before_what_is_not_printable),
        cmocka_unit_test(shows_what_a_terminal_would_obey),
        cmocka_unit_test(shows_bytes_that_are_no_utf8),
        cmocka_unit_test(counts_cells_as_a_terminal_does),
        cmocka_unit_test(cuts_out_of_the_middle),
        cmocka_unit_test(every_pair_of_bytes_comes_out_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
