/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/shelf.h"
#include "text.h"

#include <string.h>

static void
put(struct shelf *shelf, uint64_t hash, const char *text)
{
    shelf_put(shelf, hash, mem_string(slice_from(text)), strlen(text) + 1);
}

static void
finds_what_was_put(void **state)
{
    struct shelf *shelf = shelf_new(4, 1000);
    (void)state;
    assert_null(shelf_find(shelf, 0));
    put(shelf, 0, "nought");
    put(shelf, 7, "seven");
    put(shelf, 7 + 4, "eleven"); /* the same set */
    assert_string_equal(shelf_find(shelf, 7), "seven");
    assert_string_equal(shelf_find(shelf, 11), "eleven");
    assert_string_equal(shelf_find(shelf, 0), "nought");
    assert_null(shelf_find(shelf, 3));
    assert_int_equal(shelf_count(shelf), 3);
    shelf_clear(shelf);
    assert_int_equal(shelf_count(shelf), 0);
    assert_null(shelf_find(shelf, 7));
    put(shelf, 7, "again");
    assert_string_equal(shelf_find(shelf, 7), "again");
    shelf_free(shelf);
    shelf_free(NULL);
}

static void
another_of_that_hash_takes_the_place(void **state)
{
    struct shelf *shelf = shelf_new(4, 1000);
    (void)state;
    put(shelf, 5, "one");
    put(shelf, 5, "two");
    assert_int_equal(shelf_count(shelf), 1);
    assert_string_equal(shelf_find(shelf, 5), "two");
    shelf_free(shelf);
}

/* Hashes that lead to one set take turns there, and to no other's cost. */
static void
a_set_has_eight_places(void **state)
{
    struct shelf *shelf = shelf_new(4, 1000);
    size_t left = 0;
    (void)state;
    put(shelf, 1, "other");
    for (uint64_t i = 1; i <= 20; i++) {
        put(shelf, i * 4, "one of twenty");
        assert_non_null(shelf_find(shelf, i * 4));
    }
    for (uint64_t i = 1; i <= 20; i++) {
        left += shelf_find(shelf, i * 4) != NULL;
    }
    assert_int_equal(left, 8);
    assert_int_equal(shelf_count(shelf), 9);
    assert_string_equal(shelf_find(shelf, 1), "other");
    shelf_free(shelf);
}

static void
its_bytes_are_bounded(void **state)
{
    enum {
        SIZE = 100,
        FIT = 10,
    };
    struct shelf *shelf = shelf_new(64, FIT * SIZE);
    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        shelf_put(shelf, i * 0x9e3779b97f4a7c15u, mem_new(SIZE), SIZE);
        assert_in_range(shelf_count(shelf), i < FIT ? i + 1 : 1, FIT);
        assert_non_null(shelf_find(shelf, i * 0x9e3779b97f4a7c15u));
    }
    /* What is larger than all of it stands alone. */
    shelf_put(shelf, 1, mem_new(2 * FIT * SIZE), 2 * FIT * SIZE);
    assert_int_equal(shelf_count(shelf), 1);
    assert_non_null(shelf_find(shelf, 1));
    put(shelf, 2, "small");
    assert_int_equal(shelf_count(shelf), 1);
    shelf_free(shelf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(another_of_that_hash_takes_the_place),
        cmocka_unit_test(a_set_has_eight_places),
        cmocka_unit_test(its_bytes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
