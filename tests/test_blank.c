/* SPDX-License-Identifier: Apache-2.0 */
#include "base/embedded.h"
#include "base/mem.h"
#include "match/facts.h"
#include "scratch.h"
#include "store/blank.h"
#include "store/db.h"
#include "store/facts_json.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* Two new histories: a copy, and one that the migrations make. */
struct pair {
    char copied[640];
    char made[640];
    struct db *db; /* the copy, to which the other one is attached as `made` */
};

static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
make(const char *path)
{
    struct fault fault = {0};
    struct db *db = db_open(path, DB_WRITE, &fault);
    if (!db) {
        fail_msg("%s", fault.text);
    }
    db_close(db);
}

static void
run(struct db *db, const char *sql)
{
    char *error = NULL;
    sqlite3_exec(db_handle(db), sql, NULL, NULL, &error);
    if (error) {
        fail_msg("%s: %s", sql, error);
    }
}

static void
pair_open(struct pair *pair, struct scratch *scratch)
{
    char sql[800];
    struct fault fault = {0};
    snprintf(pair->copied, sizeof(pair->copied), "%s",
             scratch_path(scratch, "copied.db"));
    snprintf(pair->made, sizeof(pair->made), "%s",
             scratch_path(scratch, "made.db"));
    write_file(pair->made, ""); /* what is there is not copied over */
    make(pair->made);
    make(pair->copied);
    pair->db = db_open(pair->copied, DB_WRITE, &fault);
    assert_non_null(pair->db);
    snprintf(sql, sizeof(sql), "ATTACH '%s' AS made", pair->made);
    run(pair->db, sql);
}

static int
number(struct db *db, const char *sql)
{
    struct sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db_handle(db), sql, -1, &statement, NULL)
        != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db_handle(db)));
    }
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int answer = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

/* What a table, or a pragma's table, says in both. */
static void
assert_same(struct db *db, const char *columns, const char *table)
{
    static const char *const ways[][2] = {{"main", "made"}, {"made", "main"}};
    char sql[400];
    for (size_t i = 0; i < COUNT(ways); i++) {
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM (SELECT %s FROM %s.%s "
                 "EXCEPT SELECT %s FROM %s.%s)",
                 columns, ways[i][0], table, columns, ways[i][1], table);
        if (number(db, sql) != 0) {
            fail_msg("not the same: %s", sql);
        }
    }
}

static void
a_copy_is_what_the_migrations_make(void **state)
{
    static const char *const pragmas[] = {
        "application_id", "user_version", "auto_vacuum",
        "page_size",      "encoding",
    };
    static const char *const tables[] = {
        "sqlite_sequence", "incident",      "affected",    "sample",
        "tally",           "checkpoint",    "attempt",     "source",
        "cause",           "search_config", "search_data", "search_idx"};
    struct pair pair;
    pair_open(&pair, *state);
    assert_true(embedded_history.len > 0);
    assert_same(pair.db, "rowid, type, name, tbl_name, rootpage, sql",
                "sqlite_master");
    for (size_t i = 0; i < COUNT(tables); i++) {
        assert_same(pair.db, "*", tables[i]);
    }
    for (size_t i = 0; i < COUNT(pragmas); i++) {
        char main_sql[64];
        char made_sql[64];
        snprintf(main_sql, sizeof(main_sql), "PRAGMA main.%s", pragmas[i]);
        snprintf(made_sql, sizeof(made_sql), "PRAGMA made.%s", pragmas[i]);
        assert_int_equal(number(pair.db, main_sql), number(pair.db, made_sql));
    }
    assert_int_equal(number(pair.db, "SELECT integrity_check = 'ok' "
                                     "FROM pragma_integrity_check LIMIT 1"),
                     1);
    db_close(pair.db);
}

static void
each_copy_has_random_values_of_its_own(void **state)
{
    struct pair pair;
    pair_open(&pair, *state);
    run(pair.db, "DETACH made");
    assert_int_equal(unlink(pair.made), 0);
    make(pair.made); /* a copy, this time */
    char sql[800];
    snprintf(sql, sizeof(sql), "ATTACH '%s' AS made", pair.made);
    run(pair.db, sql);
    assert_int_equal(number(pair.db, "SELECT count(DISTINCT value) FROM "
                                     "(SELECT value FROM main.salt UNION ALL "
                                     "SELECT value FROM made.salt)"),
                     4);
    assert_int_equal(number(pair.db, "SELECT a.id <> b.id FROM main.self AS a, "
                                     "made.self AS b"),
                     1);
    assert_int_equal(number(pair.db, "SELECT id NOT GLOB '*[^0-9a-f]*' "
                                     "AND length(id) = 32 "
                                     "AND id NOT LIKE '0f1e2d3c4b5a%' "
                                     "FROM main.self"),
                     1);
    db_close(pair.db);
}

static void
assert_size(const char *path, off_t size)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, size);
}

/* A -wal that was left would be taken for the copy's own. */
static void
nothing_that_is_there_is_touched(void **state)
{
    static const char *const others[] = {"", "-wal", "-journal"};
    struct scratch *scratch = *state;
    struct stat status;
    char name[32];
    for (size_t i = 0; i < COUNT(others); i++) {
        snprintf(name, sizeof(name), "%zu.db%s", i, others[i]);
        write_file(scratch_path(scratch, name), "somebody's");
        snprintf(name, sizeof(name), "%zu.db", i);
        assert_false(blank_place(scratch_path(scratch, name)));
        bool is_there = stat(scratch->path, &status) == 0;
        assert_int_equal(is_there, i == 0);
    }
    assert_size(scratch_path(scratch, "0.db"), (off_t)strlen("somebody's"));
    assert_int_equal(symlink("nowhere", scratch_path(scratch, "link.db")), 0);
    assert_false(blank_place(scratch->path));
    assert_int_equal(stat(scratch_path(scratch, "nowhere"), &status), -1);
    assert_false(blank_place(scratch_path(scratch, "no-folder/h.db")));
    assert_false(blank_place(""));
    assert_false(blank_place(":memory:"));
}

static void
leaves_nothing_but_the_file(void **state)
{
    struct scratch *scratch = *state;
    struct stat status;
    assert_int_equal(mkdir(scratch_path(scratch, "alone"), 0700), 0);
    assert_true(blank_place(scratch_path(scratch, "alone/h.db")));
    assert_size(scratch->path, (off_t)embedded_history.len);
    assert_int_equal(stat(scratch->path, &status), 0);
    assert_int_equal(status.st_nlink, 1);
    assert_int_equal(unlink(scratch->path), 0);
    assert_int_equal(rmdir(scratch_path(scratch, "alone")), 0);
}

static void
facts_are_the_json_that_sqlite_writes(void **state)
{
    struct facts facts = {0};
    struct buf json = {0};
    struct pair pair;
    pair_open(&pair, *state);
    facts_json_add(&json, &facts);
    assert_string_equal(buf_string(&json), "{}");
    facts.value[FACT_IMAGE] = SLICE("a\"b\\c/\t\n\r\b\f\x01\x1f\x7f");
    facts.value[FACT_NODE] = SLICE("\xe3\x81\x82 \xff\xfe <&>\0.");
    buf_clear(&json);
    facts_json_add(&json, &facts);
    struct sqlite3_stmt *statement = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(db_handle(pair.db),
                           "SELECT json_patch('{}', json_object(?, ?, ?, ?))",
                           -1, &statement, NULL),
        SQLITE_OK);

    static const enum fact order[] = {FACT_IMAGE, FACT_NODE};

    for (int i = 0; i < 2; i++) {
        struct slice value = facts.value[order[i]];
        sqlite3_bind_text(statement, 2 * i + 1, fact_row(order[i])->name, -1,
                          SQLITE_STATIC);
        sqlite3_bind_text(statement, 2 * i + 2, value.data, (int)value.len,
                          SQLITE_STATIC);
    }
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal(buf_string(&json),
                        (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    buf_free(&json);
    db_close(pair.db);
}

static void
facts_are_read_as_they_were_written(void **state)
{
    struct facts facts = {0};
    struct facts read = {0};
    struct buf json = {0};
    struct buf scratch = {0};
    struct arena arena = {0};
    (void)state;
    for (int i = 0; i < FACTS; i += 3) {
        facts.value[i] = SLICE("a\"b\\c/\t\n\r\b\f\x01\x1f\x7f \xe3\x81\x82");
    }
    facts_json_add(&json, &facts);
    facts_json_read(buf_slice(&json), &scratch, &arena, &read);
    for (int i = 0; i < FACTS; i++) {
        assert_true(slice_equal(read.value[i], facts.value[i]));
    }
    /* By hand, and by what comes after this program. */
    read = (struct facts){0};
    facts_json_read(
        SLICE("{ \"node\" : \"n\\u0031 \\ud83d\\ude00\", \"new\": \"x\","
              " \"tag\": 7, \"pod\": null, \"image\": [\"y\"],"
              " \"registry\":\"r\" }"),
        &scratch, &arena, &read);
    assert_true(
        slice_equal(read.value[FACT_NODE], SLICE("n1 \xf0\x9f\x98\x80")));
    assert_true(slice_equal(read.value[FACT_REGISTRY], SLICE("r")));
    assert_int_equal(read.value[FACT_TAG].len, 0);
    assert_int_equal(read.value[FACT_POD].len, 0);
    assert_int_equal(read.value[FACT_IMAGE].len, 0);
    arena_free(&arena);
    buf_free(&scratch);
    buf_free(&json);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_copy_is_what_the_migrations_make),
        IN_SCRATCH(each_copy_has_random_values_of_its_own),
        IN_SCRATCH(nothing_that_is_there_is_touched),
        IN_SCRATCH(leaves_nothing_but_the_file),
        IN_SCRATCH(facts_are_the_json_that_sqlite_writes),
        IN_SCRATCH(facts_are_read_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
