/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/fault.h"
#include "match/catalog.h"
#include "match/gate.h"
#include "match/needle.h"

#include <string.h>

static void
finds_any_of_its_literals(void **state)
{
    (void)state;

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

    struct needle_set *set = needle_set_new();
    for (size_t i = 0; i < COUNT(literals); i++) {
        needle_set_add(set, slice_from(literals[i]));
        needle_set_add(set, slice_from(literals[i]));
    }
    needle_set_close(set, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        if (!needle_set_force(set, (enum teddy_way)way)) {
            continue;
        }
        for (size_t i = 0; i < COUNT(cases); i++) {
            if (needle_find(set, slice_from(cases[i].text)) != cases[i].found) {
                fail_msg("%s", cases[i].text);
            }
        }
        assert_false(needle_find(set, slice_of(NULL, 0)));
        assert_true(needle_find(set, SLICE("\0\xff\0ab")));
    }
    needle_set_free(set);
}

/* In a long text, at every place of a step. */
static void
tells_where_it_stands(void **state)
{
    (void)state;
    char text[200];
    struct needle_set *set = needle_set_new();
    struct needle_set *none = needle_set_new();
    needle_set_add(set, SLICE("needle"));
    needle_set_add(set, SLICE("dleXX"));
    needle_set_add(set, SLICE("\\u"));
    needle_set_close(set, NULL);
    needle_set_close(none, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        for (size_t at = 0; needle_set_force(set, (enum teddy_way)way)
                            && at + 6 <= sizeof(text);
             at++) {
            memset(text, '.', sizeof(text));
            memcpy(text + at, "needle", 6);
            struct slice all = slice_of(text, sizeof(text));
            assert_int_equal(needle_next(set, all, 0), at);
            assert_int_equal(needle_next(set, all, at), at);
            assert_true(needle_next(set, all, at + 1) == SLICE_NONE);
            assert_true(needle_next(none, all, 0) == SLICE_NONE);
            text[at + 5] = '\\';
            assert_true(needle_next(set, all, 0) == SLICE_NONE);
        }
    }
    needle_set_free(set);
    needle_set_free(none);
}

/* A window may begin with ASCII and go on with other bytes, among either. */
static void
finds_what_is_partly_ascii(void **state)
{
    static const char *const literals[] = {"r\xc3\xa9g", "af\xc3\xa9",
                                           "o\xe3\x81\x8d"};
    char text[300];
    (void)state;
    struct needle_set *set = needle_set_new();
    for (size_t i = 0; i < COUNT(literals); i++) {
        needle_set_add(set, slice_from(literals[i]));
    }
    needle_set_close(set, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        for (size_t at = 0; needle_set_force(set, (enum teddy_way)way)
                            && at + 4 <= sizeof(text);
             at++) {
            struct slice all = slice_of(text, sizeof(text));
            memset(text, '.', sizeof(text));
            memcpy(text + at, literals[at % COUNT(literals)], 4);
            assert_int_equal(needle_next(set, all, 0), at);
            memset(text, '\xe3', at); /* what stands before it */
            assert_int_equal(needle_next(set, all, 0), at);
            memset(text, '.', sizeof(text));
            memcpy(text + at, literals[at % COUNT(literals)], 3);
            assert_true(needle_next(set, all, 0) == SLICE_NONE);
        }
    }
    needle_set_free(set);
}

static void
keeps_a_copy(void **state)
{
    (void)state;
    char literal[] = "needle";
    struct needle_set *set = needle_set_new();
    needle_set_add(set, slice_from(literal));
    memset(literal, 'x', sizeof(literal));
    needle_set_close(set, NULL);
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
    needle_set_close(set, NULL);
    assert_false(needle_find(set, slice_of(text, sizeof(text))));
    assert_false(needle_find(set, slice_of("needle", 5)));
    needle_set_free(set);
}

/* Blocks follow each other; a literal may stand in two. */
static void
goes_from_block_to_block(void **state)
{
    static char text[2 * TEDDY_BLOCK + 70];
    static struct needle_block block;
    struct slice all = slice_of(text, sizeof(text));
    struct needle_set *set = needle_set_new();
    (void)state;
    needle_set_add(set, SLICE("a needle"));
    needle_set_add(set, SLICE("\\u"));
    needle_set_close(set, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        if (!needle_set_force(set, (enum teddy_way)way)) {
            continue;
        }
        for (size_t at = TEDDY_BLOCK - 80; at < TEDDY_BLOCK + 80; at++) {
            memset(text, '.', sizeof(text));
            memcpy(text + at, "a needle", 8);
            memcpy(text + at + 9, "\\u", 2);
            assert_int_equal(needle_next(set, all, 0), at);
            assert_int_equal(needle_next(set, all, at + 1), at + 9);
            needle_read(set, all, 0, &block);
            size_t first = needle_stands(set, &block, 0);
            assert_true(first == at || at + 8 > TEDDY_BLOCK);
            needle_read(set, all, block.end, &block);
            assert_int_equal(block.start, TEDDY_BLOCK);
            if (first == SLICE_NONE) {
                assert_int_equal(needle_stands(set, &block, 0), at);
            }
            needle_read(set, all, block.end, &block);
            assert_int_equal(block.end, sizeof(text));
        }
    }
    needle_set_free(set);
}

/* All of them, at each length of a text's last step. */
static void
notes_newlines(void **state)
{
    static char text[300];
    static struct needle_block block;
    struct needle_set *set = needle_set_new();
    (void)state;
    needle_set_close(set, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        if (!needle_set_force(set, (enum teddy_way)way)) {
            continue;
        }
        for (size_t len = 0; len <= sizeof(text); len++) {
            size_t count = 0;
            for (size_t i = 0; i < len; i++) {
                text[i] = i % (len % 70 + 1) == len % 3 ? '\n' : '.';
            }
            needle_read(set, slice_of(text, len), 0, &block);
            for (size_t i = 0; i < len; i++) {
                if (text[i] == '\n') {
                    assert_int_equal(block.marks.ends[count++], i);
                }
            }
            assert_int_equal(block.marks.end_count, count);
        }
    }
    needle_set_free(set);
}

static struct needle_set *
set_of(const char *const *literals, size_t count)
{
    struct needle_set *set = needle_set_new();
    for (size_t i = 0; i < count; i++) {
        needle_set_add(set, slice_from(literals[i]));
    }
    return set;
}

static size_t
windows_of(const struct needle_set *set, struct embedded_window *windows)
{
    size_t count = 0;
    while (needle_set_window(set, count, &windows[count])) {
        count++;
    }
    windows[count] = (struct embedded_window){.len = 0};
    return count;
}

/* At every place, as a set that has chosen for itself does. */
static void
finds_by_windows_that_were_chosen_before(void **state)
{
    static const char *const literals[] = {"ErrImagePull", "pull",
                                           "to pull image", "イメージ", "ab"};
    static const char text[] = "ab ErrImagePull to pull image abイメージab pul";
    struct embedded_window windows[COUNT(literals) + 1];
    struct embedded_window kept[COUNT(literals) + 1];
    (void)state;
    struct needle_set *chosen = set_of(literals, COUNT(literals));
    struct needle_set *known = set_of(literals + 1, COUNT(literals) - 1);
    struct needle_set *own = set_of(literals + 1, COUNT(literals) - 1);
    needle_set_close(chosen, NULL);
    needle_set_close(own, NULL);
    assert_true(windows_of(chosen, windows) > 1);
    needle_set_close(known, windows);
    assert_true(windows_of(known, kept) > 1);
    assert_memory_equal(&kept[0], &windows[0], sizeof(kept[0]));
    for (size_t from = 0; from <= sizeof(text); from++) {
        assert_int_equal(needle_next(known, slice_of(text, sizeof(text)), from),
                         needle_next(own, slice_of(text, sizeof(text)), from));
    }
    needle_set_free(chosen);
    needle_set_free(known);
    needle_set_free(own);
}

/* Those that other literals need are chosen, and those of none left out. */
static void
chooses_the_windows_that_are_missing(void **state)
{
    static const char *const literals[] = {"needle", "pin", "hay", "of hay"};
    struct embedded_window windows[COUNT(literals) + 1];
    (void)state;
    struct needle_set *first = set_of(literals, 2);
    struct needle_set *other = set_of(literals + 1, 3);
    needle_set_close(first, NULL);
    assert_int_equal(windows_of(first, windows), 2);
    needle_set_close(other, windows);
    assert_true(needle_find(other, SLICE("a pin")));
    assert_true(needle_find(other, SLICE("a stack of hay")));
    assert_true(needle_find(other, SLICE("hay")));
    assert_false(needle_find(other, SLICE("a needle")));
    assert_int_equal(windows_of(other, windows), 3);
    needle_set_free(first);
    needle_set_free(other);
}

/* The build has chosen those of the patterns that are built in. */
static void
knows_the_windows_of_its_patterns(void **state)
{
    struct fault fault = {0};
    struct embedded_window window;
    size_t count = 0;
    (void)state;
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    assert_non_null(catalog);
    struct needle_set *gate = gate_new(catalog);
    for (; needle_set_window(gate, count, &window); count++) {
        const struct embedded_window *known = &embedded_windows[count];
        assert_memory_equal(window.bytes, known->bytes, sizeof(window.bytes));
        assert_int_equal(window.len, known->len);
        assert_int_equal(window.bucket, known->bucket);
    }
    assert_true(count > 0);
    assert_int_equal(embedded_windows[count].len, 0);
    needle_set_free(gate);
    catalog_free(catalog);
}

/* A way that was left out would let all of these tests pass. */
static void
goes_the_way_of_its_machine(void **state)
{
    (void)state;
#if defined(__aarch64__)
    assert_int_equal(teddy_best(), TEDDY_NEON);
#else
    assert_false(teddy_can(TEDDY_NEON));
#endif
    assert_true(teddy_can(teddy_best()));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_any_of_its_literals),
        cmocka_unit_test(tells_where_it_stands),
        cmocka_unit_test(finds_what_is_partly_ascii),
        cmocka_unit_test(keeps_a_copy),
        cmocka_unit_test(looks_no_further_than_the_text),
        cmocka_unit_test(goes_from_block_to_block),
        cmocka_unit_test(notes_newlines),
        cmocka_unit_test(finds_by_windows_that_were_chosen_before),
        cmocka_unit_test(chooses_the_windows_that_are_missing),
        cmocka_unit_test(knows_the_windows_of_its_patterns),
        cmocka_unit_test(goes_the_way_of_its_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
