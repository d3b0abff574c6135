/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "text.h"

#include <string.h>

static void
grows_and_keeps_what_it_holds(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_add(&buf, SLICE("a\0b"));
    buf_add_byte(&buf, '-');
    buf_add_text(&buf, "text");
    buf_print(&buf, " %d %s", 42, "x");
    assert_true(slice_equal(buf_slice(&buf), SLICE("a\0b-text 42 x")));
    for (int i = 0; i < 1000; i++) {
        buf_add_byte(&buf, 'y');
    }
    assert_int_equal(buf.len, 13 + 1000);
    assert_true(slice_starts(buf_slice(&buf), SLICE("a\0b-text 42 xyy")));
    buf_free(&buf);
    assert_int_equal(buf.size, 0);
    buf_add_text(&buf, "again");
    assert_text(buf_slice(&buf), "again");
    buf_free(&buf);
}

static void
does_not_move_within_what_was_reserved(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_reserve(&buf, 5000);
    const char *place = buf.data;
    for (int i = 0; i < 5000; i++) {
        buf_add_byte(&buf, 'x');
    }
    assert_ptr_equal(buf.data, place);
    buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    assert_true(buf.size >= 5000);
    buf_free(&buf);
}

static void
drops_from_the_front(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_add_text(&buf, "abcdef");
    buf_drop(&buf, 2);
    assert_text(buf_slice(&buf), "cdef");
    buf_drop(&buf, 0);
    assert_text(buf_slice(&buf), "cdef");
    buf_drop(&buf, 9);
    assert_int_equal(buf.len, 0);
    buf_free(&buf);
}

static void
ends_a_string_with_nul(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_string(&buf), "");
    buf_add_text(&buf, "abc");
    assert_string_equal(buf_string(&buf), "abc");
    assert_int_equal(buf.len, 3);
    buf_free(&buf);
}

static void
an_arena_moves_nothing(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct slice first = arena_copy(&arena, SLICE("first"));
    for (size_t i = 0; i < 2000; i++) {
        char *memory = arena_alloc(&arena, 40);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t j = 0; j < 40; j++) {
            assert_int_equal(memory[j], 0);
        }
        memset(memory, 'x', 40);
    }
    char *big = arena_alloc(&arena, 100000);
    memset(big, 'y', 100000);
    assert_text(first, "first");
    assert_int_equal(arena_copy(&arena, SLICE("")).len, 0);
    arena_free(&arena);
    assert_text(arena_copy(&arena, SLICE("again")), "again");
    arena_free(&arena);
}

static void
an_arena_may_start_with_what_will_do(void **state)
{
    static const size_t sizes[] = {8, 120, 408, 20000};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct arena arena = {0};
        arena_start(&arena, sizes[i]);
        const struct arena_block *block = arena.blocks;
        for (size_t done = 0; done < sizes[i]; done += 8) {
            assert_text(arena_copy(&arena, SLICE("12345678")), "12345678");
            assert_ptr_equal(arena.blocks, block);
        }
        for (int more = 0; more < 3000; more++) {
            memset(arena_alloc(&arena, 24), 'x', 24);
        }
        assert_ptr_not_equal(arena.blocks, block);
        arena_free(&arena);
    }
}

static void
copies_a_slice_as_a_string(void **state)
{
    (void)state;
    char *copy = mem_string(slice_before(SLICE("abcdef"), 3));
    assert_string_equal(copy, "abc");
    mem_free(copy);
    mem_free(NULL);
}

static void
a_fault_tells_what_for_and_what(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_false(fault_set(&fault, FAULT_INPUT, 5, "%s:%d", "a.yaml", 7));
    assert_false(fault_add(&fault, "reading %s", "rules"));
    assert_string_equal(fault.text, "reading rules: a.yaml:7");
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_int_equal(fault.code, 5);
}

static void
a_fault_is_cut_at_its_size(void **state)
{
    (void)state;
    struct fault fault = {0};
    char wide[2000];
    memset(wide, 'w', sizeof(wide));
    wide[sizeof(wide) - 1] = '\0';
    fault_set(&fault, FAULT_SYSTEM, 0, "%s", wide);
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
    fault_add(&fault, "front");
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
    assert_int_equal(strncmp(fault.text, "front: www", 10), 0);
    fault_add(&fault, "%s", wide);
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
}

static void
numbers_are_decimal(void **state)
{
    (void)state;

    static const struct {
        uint64_t number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {4096, "4096"},
        {UINT64_MAX, "18446744073709551615"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf buf = {0};
        buf_add_number(&buf, cases[i].number);
        assert_string_equal(buf_string(&buf), cases[i].text);
        buf_free(&buf);
    }
}

static void
adds_a_string_of_json(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_add_json(&buf, SLICE("a\"b\\c\n\t\x01\x1f\x7f\xc3\xa9\xff"));
    buf_add_json(&buf, SLICE(""));
    assert_true(slice_equal(
        buf_slice(&buf),
        SLICE("\"a\\\"b\\\\c\\n\\t\\u0001\\u001f\x7f\xc3\xa9\xff\"\"\"")));
    buf_free(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps_what_it_holds),
        cmocka_unit_test(does_not_move_within_what_was_reserved),
        cmocka_unit_test(drops_from_the_front),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(ends_a_string_with_nul),
        cmocka_unit_test(an_arena_moves_nothing),
        cmocka_unit_test(an_arena_may_start_with_what_will_do),
        cmocka_unit_test(copies_a_slice_as_a_string),
        cmocka_unit_test(a_fault_tells_what_for_and_what),
        cmocka_unit_test(a_fault_is_cut_at_its_size),
        cmocka_unit_test(adds_a_string_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
