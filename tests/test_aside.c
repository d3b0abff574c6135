/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/slice.h"
#include "scratch.h"
#include "store/aside.h"
#include "store/db.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

#define NOW (INT64_C(1795758300) * 1000000) /* 2026-11-27T05:45:00Z */

static void
make_history(const char *path)
{
    struct fault fault;
    struct db *db = db_open(path, DB_WRITE, &fault);
    assert_non_null(db);
    db_close(db);
}

static void
overwrite(const char *path, off_t at, const char *bytes, size_t len)
{
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, len, at), len);
    close(file);
}

static void
overwrite_many(const char *path, off_t from, off_t to, char byte)
{
    char block[512];
    memset(block, byte, sizeof(block));
    for (off_t at = from; at < to; at += (off_t)sizeof(block)) {
        overwrite(path, at, block, sizeof(block));
    }
}

static void
nothing(const char *path)
{
    (void)path;
}

static void
spoil_header(const char *path)
{
    overwrite(path, 0, "xxxxxxxxxxxxxxxx", 16);
}

static void
spoil_first_page(const char *path)
{
    overwrite_many(path, 0, 4096, 'x');
}

static void
spoil_all_but_header(const char *path)
{
    overwrite_many(path, 512, 65536, 'x');
}

static void
cut_short(const char *path)
{
    assert_int_equal(truncate(path, 100), 0);
}

static void
blank(const char *path)
{
    overwrite_many(path, 0, 512 * 1024, '\0');
}

static void
write_text(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
    overwrite(path, 0, "CREATE TABLE tally (\n    incident_id ", 37);
}

static void
change_owner(const char *path)
{
    overwrite(path, 68, "\0\0\0\1", 4);
}

static void
cut_very_short(const char *path)
{
    assert_int_equal(truncate(path, 10), 0);
}

static const struct {
    void (*spoil)(const char *path);
    bool is_moved;
} cases[] = {
    {nothing, true},          {spoil_header, true},
    {spoil_first_page, true}, {spoil_all_but_header, true},
    {cut_short, true},        {blank, true},
    {write_text, false},      {change_owner, false},
    {cut_very_short, false},
};

static void
moves_only_what_is_a_history(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char name[16];
        char path[640];
        char expected[700];
        struct buf moved = {0};
        struct fault fault = {0};
        snprintf(name, sizeof(name), "%zu.db", i);
        snprintf(path, sizeof(path), "%s", scratch_path(*state, name));
        snprintf(expected, sizeof(expected), "%s.corrupt-20261127T054500Z",
                 path);
        make_history(path);
        cases[i].spoil(path);
        assert_true(aside_move(path, NOW, &moved, &fault) == cases[i].is_moved);
        assert_true((access(path, F_OK) != 0) == cases[i].is_moved);
        assert_true((access(expected, F_OK) == 0) == cases[i].is_moved);
        if (cases[i].is_moved) {
            assert_string_equal(buf_string(&moved), expected);
        } else {
            assert_non_null(strstr(fault.text, "left alone"));
            assert_int_equal(fault.code, 0);
        }
        buf_free(&moved);
    }
}

static void
takes_what_belongs_to_it_along(void **state)
{
    char path[640];
    char side[700];
    struct fault fault;
    struct buf moved = {0};
    snprintf(path, sizeof(path), "%s", scratch_path(*state, "h.db"));
    make_history(path);
    snprintf(side, sizeof(side), "%s-wal", path);
    overwrite(side, 0, "wal", 3);
    assert_true(aside_move(path, NOW, &moved, &fault));
    assert_int_not_equal(access(side, F_OK), 0);
    buf_add_text(&moved, "-wal");
    assert_int_equal(access(buf_string(&moved), F_OK), 0);
    buf_free(&moved);
}

static void
finds_a_name_for_each_file_of_a_second(void **state)
{
    static const char *const ends[] = {"00Z", "00Z-2", "00Z-3"};
    char path[640];
    snprintf(path, sizeof(path), "%s", scratch_path(*state, "h.db"));
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct fault fault;
        struct buf moved = {0};
        make_history(path);
        assert_true(aside_move(path, NOW, &moved, &fault));
        assert_true(moved.len > strlen(ends[i]));
        assert_string_equal(buf_string(&moved) + moved.len - strlen(ends[i]),
                            ends[i]);
        buf_free(&moved);
    }
}

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(moves_only_what_is_a_history),
        TEST(takes_what_belongs_to_it_along),
        TEST(finds_a_name_for_each_file_of_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
