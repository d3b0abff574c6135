/* SPDX-License-Identifier: Apache-2.0 */
#include "source/cursor.h"
#include "source/whole.h"
#include "text.h"

#include <string.h>

static void
cursors_are_found(void **state)
{
    static const struct {
        const char *lines;
        const char *cursor;
    } rows[] = {
        {"{\"__CURSOR\":\"a;b\",\"x\":1}\n", "a;b"},
        {"{\"x\":1, \"__CURSOR\" : \"c\"}\n", "c"},
        {"{\"__CURSOR\":\"a\"}\n{\"__CURSOR\":\"b\"}\n", "b"},
        {"{\"__CURSOR\":\"a\"}\n{\"x\":\"b\"}\n", "kept"},
        {"{\"x\":\"\\\"__CURSOR\\\":\\\"no\\\"\"}\n", "kept"},
        {"{\"__CURSOR\":\"\"}\n", "kept"},
        {"{\"__CURSOR\":\"a\\\"b\"}\n", "kept"},
        {"{\"__CURSOR\":null}\n", "kept"},
        {"{\"__CURSOR\":\"a", "kept"},
        {"", "kept"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char cursor[SOURCE_CURSOR] = "kept";
        bool is_found = cursor_find(slice_from(rows[i].lines), cursor);
        assert_text(slice_from(cursor), rows[i].cursor);
        assert_int_equal(is_found, strcmp(rows[i].cursor, "kept") != 0);
    }
}

/* However it is cut, the same comes out, and the end is held back. */
static void
pieces_are_whole(void **state)
{
    static const char text[] = "{\n}\n{\n {\n }\n}\n{\n";
    (void)state;
    for (size_t step = 1; step < sizeof(text); step++) {
        struct whole whole = {.end = "\n}\n"};
        struct buf out = {0};
        for (size_t at = 0; at < sizeof(text) - 1; at += step) {
            struct slice bytes = slice_before(
                slice_after(SLICE("{\n}\n{\n {\n }\n}\n{\n"), at), step);
            struct slice piece = whole_take(&whole, bytes);
            assert_true(piece.len == 0 || slice_ends(piece, SLICE("\n}\n")));
            buf_add(&out, piece);
        }
        assert_text(buf_slice(&out), "{\n}\n{\n {\n }\n}\n");
        buf_free(&out);
        whole_free(&whole);
    }
}

static void
what_has_no_end_is_not_held_for_ever(void **state)
{
    static char block[65536];
    struct whole whole = {.end = "\n"};
    size_t held = 0;
    (void)state;
    memset(block, 'x', sizeof(block));
    while (held <= WHOLE_MAX) {
        held += sizeof(block);
        struct slice piece = whole_take(&whole, slice_of(block, sizeof(block)));
        assert_int_equal(piece.len, held > WHOLE_MAX ? held : 0);
    }
    assert_text(whole_take(&whole, SLICE("y\nz")), "y\n");
    whole_free(&whole);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursors_are_found),
        cmocka_unit_test(pieces_are_whole),
        cmocka_unit_test(what_has_no_end_is_not_held_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
