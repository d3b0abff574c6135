/* SPDX-License-Identifier: Apache-2.0 */
#include "source/utf16.h"
#include "text.h"

/* In both orders, whole and in pieces of each length, the same comes out. */
static void
turn(const uint16_t *units, size_t count, const char *expected)
{
    char bytes[64];
    for (int swapped = 0; swapped < 2; swapped++) {
        for (size_t i = 0; i < count; i++) {
            bytes[2 * i + (swapped ? 0 : 1)] = (char)(units[i] >> 8);
            bytes[2 * i + (swapped ? 1 : 0)] = (char)(units[i] & 0xff);
        }
        for (size_t piece = 1; piece <= 2 * count; piece++) {
            struct utf16 turned = {0};
            struct buf all = {0};
            struct slice rest = slice_of(bytes, 2 * count);
            assert_true(utf16_begins(rest));
            utf16_begin(&turned, &rest);
            for (; rest.len > 0; rest = slice_after(rest, piece)) {
                buf_add(&all, utf16_turn(&turned, slice_before(rest, piece)));
            }
            assert_text(buf_slice(&all), expected);
            buf_free(&all);
            buf_free(&turned.out);
        }
    }
}

static void
each_length_of_utf8_comes_out(void **state)
{
    (void)state;
    static const uint16_t units[] = {0xfeff, 'a',    0x7f,   0x80,
                                     0x7ff,  0x800,  0xd7ff, 0xe000,
                                     0xffff, 0xd83d, 0xdc33, '\n'};
    turn(units, COUNT(units),
         "a\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"
         "\xf0\x9f\x90\xb3\n");
}

static void
halves_of_pairs_stand_for_nothing(void **state)
{
    (void)state;
    static const uint16_t units[] = {0xfeff, 0xdc33, 'a',    0xd83d, 'b',
                                     0xd83d, 0xd83d, 0xdc33, 0xd83d};
    turn(units, COUNT(units),
         "\xef\xbf\xbd"
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd\xf0\x9f\x90\xb3");
}

static void
other_text_has_no_such_mark(void **state)
{
    (void)state;
    assert_false(utf16_begins(SLICE("")));
    assert_false(utf16_begins(SLICE("\xff")));
    assert_false(utf16_begins(SLICE("\xef\xbb\xbf")));
    assert_false(utf16_begins(SLICE("a\0")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_length_of_utf8_comes_out),
        cmocka_unit_test(halves_of_pairs_stand_for_nothing),
        cmocka_unit_test(other_text_has_no_such_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
