/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"
#include "store/db.h"
#include "store/given.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* Rows that count; of each the second column is a text, maybe empty. */
struct numbers {
    int64_t now;
    int64_t last;
    int ends; /* how often it was asked behind the last one */
};

static bool
next_number(void *ctx)
{
    struct numbers *numbers = ctx;
    numbers->ends += numbers->now == numbers->last;
    return numbers->now < numbers->last && ++numbers->now > 0;
}

static struct given_cell
number_cell(const void *ctx, size_t column)
{
    static const struct slice texts[] = {{"a\0b", 3}, {NULL, 0}, {"'; --", 5}};
    const struct numbers *numbers = ctx;
    return column == 1 ? given_text(texts[numbers->now % 3])
                       : given_number(numbers->now * ((int64_t)column + 1));
}

static struct db *
opened(struct scratch *scratch, const char *name, enum db_mode mode)
{
    struct fault fault = {0};
    struct db *db = db_open(scratch_path(scratch, name), mode, &fault);
    if (!db) {
        fail_msg("%s", fault.text);
    }
    return db;
}

static struct sqlite3_stmt *
prepared(struct db *db, const char *sql, struct given *rows)
{
    struct sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db_handle(db), sql, -1, &statement, NULL)
        != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db_handle(db)));
    }
    if (rows) {
        assert_int_equal(
            sqlite3_bind_pointer(statement, 1, rows, given_type, NULL),
            SQLITE_OK);
    }
    return statement;
}

static void
assert_answer(struct db *db, const char *sql, struct given *rows,
              const char *expected)
{
    struct sqlite3_stmt *statement = prepared(db, sql, rows);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0),
                        expected);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

static void
gives_each_row_once(void **state)
{
    struct db *db = opened(*state, "h.db", DB_WRITE);
    struct numbers numbers = {.last = 4};
    struct given rows = {&numbers, next_number, number_cell};
    assert_answer(db,
                  "SELECT group_concat(c1 || ':' || hex(c2) || ':' || c10 || "
                  "typeof(c2) || typeof(c3), ' ') FROM given(?1)",
                  &rows,
                  "1::10textinteger 2:273B202D2D:20textinteger "
                  "3:610062:30textinteger 4::40textinteger");
    assert_int_equal(numbers.ends, 1);
    numbers.now = 0;
    numbers.last = 0;
    assert_answer(db, "SELECT count(*) FROM given(?1)", &rows, "0");
    db_close(db);
}

static void
can_be_joined_and_run_again(void **state)
{
    struct db *db = opened(*state, "h.db", DB_WRITE);
    struct numbers numbers = {.last = 1000};
    struct given rows = {&numbers, next_number, number_cell};
    struct sqlite3_stmt *statement =
        prepared(db,
                 "INSERT INTO salt (position, value) SELECT c1 + 2, c3 FROM "
                 "given(?1) WHERE c1 % 2 = 0",
                 &rows);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
    assert_answer(db,
                  "SELECT count(*) || ' ' || sum(value) FROM salt WHERE "
                  "position > 2",
                  NULL, "500 751500");
    numbers.last = 1010;
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    assert_answer(db, "SELECT count(*) FROM salt WHERE position > 2", NULL,
                  "505");
    db_close(db);
}

/* No text or number is a pointer, and who only asks has no such table. */
static void
takes_nothing_that_sql_can_say(void **state)
{
    static const char *const texts[] = {
        "SELECT count(*) FROM given(1)",
        "SELECT count(*) FROM given('pullwhy-given')",
        "SELECT count(*) FROM given(NULL)",
        "SELECT count(*) FROM given(x'00112233445566778899')",
        "SELECT count(*) FROM given(?1)",
    };
    struct db *db = opened(*state, "h.db", DB_WRITE);
    struct sqlite3_stmt *statement = NULL;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_answer(db, texts[i], NULL, "0");
    }
    statement = prepared(db, "SELECT count(*) FROM given(?1)", NULL);
    assert_int_equal(
        sqlite3_bind_pointer(statement, 1, &statement, "another", NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 0);
    sqlite3_finalize(statement);
    assert_int_not_equal(sqlite3_prepare_v2(db_handle(db),
                                            "SELECT * FROM given", -1,
                                            &statement, NULL),
                         SQLITE_OK);
    assert_answer(db, "SELECT count(*) FROM sqlite_master WHERE name = 'given'",
                  NULL, "0");
    db_close(db);
    db = opened(*state, "h.db", DB_READ);
    assert_int_not_equal(
        sqlite3_prepare_v2(db_handle(db), texts[0], -1, &statement, NULL),
        SQLITE_OK);
    assert_non_null(strstr(sqlite3_errmsg(db_handle(db)), "given"));
    db_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_each_row_once, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(can_be_joined_and_run_again,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(takes_nothing_that_sql_can_say,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
