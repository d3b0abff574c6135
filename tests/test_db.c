/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/embedded.h"
#include "base/mem.h"
#include "scratch.h"
#include "store/db.h"

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

/* Runs SQL by SQLite alone, as a stranger would. */
static void
by_hand(const char *path, const char *sql)
{
    struct sqlite3 *handle = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
    sqlite3_close(handle);
}

static void
one_text(struct sqlite3 *handle, const char *sql, char *out, size_t size)
{
    struct sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    }
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

static void
assert_one(struct db *db, const char *sql, const char *expected)
{
    char text[256];
    one_text(db_handle(db), sql, text, sizeof(text));
    assert_string_equal(text, expected);
}

static struct db *
opened(const char *path, enum db_mode mode)
{
    struct fault fault = {0};
    struct db *db = db_open(path, mode, &fault);
    if (!db) {
        fail_msg("%s", fault.text);
    }
    return db;
}

static void
assert_refused(const char *path, enum db_mode mode, enum fault_kind kind,
               const char *words)
{
    struct fault fault = {0};
    assert_null(db_open(path, mode, &fault));
    if (!strstr(fault.text, words) || !strstr(fault.text, path)) {
        fail_msg("not about '%s' and '%s': %s", words, path, fault.text);
    }
    assert_int_equal(fault.kind, kind);
}

static void
makes_folders_and_migrates(void **state)
{
    struct stat status;
    struct scratch *scratch = *state;
    struct db *db = opened(scratch_path(scratch, "a/b/history.db"), DB_WRITE);
    assert_string_equal(db_path(db), scratch->path);
    assert_one(db, "PRAGMA journal_mode", "wal");
    assert_one(db, "PRAGMA synchronous", "1");
    assert_one(db, "PRAGMA foreign_keys", "1");
    assert_one(db, "PRAGMA auto_vacuum", "2");
    assert_one(db, "PRAGMA user_version", "5");
    assert_one(db, "PRAGMA application_id", "1886743671");
    assert_one(db, "SELECT count(*) FROM incidents", "0");
    db_close(db);
    assert_int_equal(stat(scratch_path(scratch, "a"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(scratch_path(scratch, "a/b"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void
opens_again_without_writing(void **state)
{
    char before[32];
    const char *path = scratch_path(*state, "history.db");
    struct db *db = opened(path, DB_WRITE);
    one_text(db_handle(db), "PRAGMA schema_version", before, sizeof(before));
    db_close(db);
    db = opened(path, DB_WRITE);
    assert_one(db, "PRAGMA schema_version", before);
    assert_one(db, "SELECT total_changes()", "0");
    db_close(db);
}

static void
refuses_what_is_not_ours(void **state)
{
    const char *path = scratch_path(*state, "stranger.db");
    by_hand(path, "CREATE TABLE t (x)");
    assert_refused(path, DB_WRITE, FAULT_INPUT, "another program");
    assert_refused(path, DB_READ, FAULT_INPUT, "another program");
    by_hand(path, "DROP TABLE t; PRAGMA application_id = 7");
    assert_refused(path, DB_WRITE, FAULT_INPUT, "application_id 7");
    /* It was not even put into WAL mode. */
    struct sqlite3 *handle = NULL;
    char mode[16];
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    one_text(handle, "PRAGMA journal_mode", mode, sizeof(mode));
    assert_string_equal(mode, "delete");
    sqlite3_close(handle);
}

static void
refuses_a_newer_schema(void **state)
{
    const char *path = scratch_path(*state, "history.db");
    db_close(opened(path, DB_WRITE));
    by_hand(path, "PRAGMA user_version = 9");
    assert_refused(path, DB_WRITE, FAULT_INPUT, "newer pullwhy");
    assert_refused(path, DB_READ, FAULT_INPUT, "its schema is 9");
}

static void
refuses_what_is_no_database(void **state)
{
    const char *path = scratch_path(*state, "notes.txt");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++) {
        fputs("This is a text that somebody wrote.\n", file);
    }
    fclose(file);
    assert_refused(path, DB_WRITE, FAULT_INPUT, "not a database");
    assert_refused(path, DB_READ, FAULT_INPUT, "not a database");
}

static void
says_what_to_do_when_there_is_none(void **state)
{
    const char *path = scratch_path(*state, "none.db");
    assert_refused(path, DB_READ, FAULT_INPUT, "--db");
    by_hand(path, "PRAGMA encoding");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_refused(path, DB_READ, FAULT_INPUT, "empty");
    assert_refused("/dev/null/x/history.db", DB_WRITE, FAULT_SYSTEM,
                   "making the folder /dev/null/x");
}

static void
undoes_a_migration_that_fails(void **state)
{
    const char *path = scratch_path(*state, "history.db");
    /* Ours by its mark, but something stands in the way of version 1. */
    by_hand(path, "PRAGMA application_id = 1886743671;"
                  "CREATE TABLE sample (x);");
    assert_refused(path, DB_WRITE, FAULT_SYSTEM, "migrations/001.sql");
    by_hand(path, "DROP TABLE sample; CREATE TABLE incident (x);"
                  "DROP TABLE incident;");
    struct db *db = opened(path, DB_WRITE);
    assert_one(db, "SELECT count(*) FROM incidents", "0");
    db_close(db);
}

static void
goes_on_with_a_history_of_the_first_schema(void **state)
{
    struct fault fault = {0};
    const char *path = scratch_path(*state, "history.db");
    by_hand(path, db_file("migrations/001.sql", &fault));
    by_hand(path, "INSERT INTO checkpoint VALUES ('i', 'o', 7, 0);"
                  "INSERT INTO incident (key, life, cause, severity, scope,"
                  " state, first_seen, last_seen, count)"
                  " VALUES ('k', 1, 'c', 'error', 'pod', 'open', 1, 2, 5)");
    struct db *db = opened(path, DB_WRITE);
    assert_one(db, "PRAGMA user_version", "5");
    assert_one(db, "SELECT count FROM incidents", "5");
    assert_one(db,
               "SELECT position || resume || anchor || modified_at || cursor "
               "FROM checkpoint",
               "7000");
    assert_one(db, "SELECT count(DISTINCT value) FROM salt", "2");
    db_close(db);
}

static void
a_reader_cannot_write(void **state)
{
    static const char *const attempts[] = {
        "INSERT INTO tally VALUES (1, 2, 3)",
        "DELETE FROM incident",
        "UPDATE incident SET count = 0",
        "UPDATE sqlite_master SET sql = ''",
        "DROP VIEW incidents",
        "CREATE TEMP TABLE t (x)",
        "ATTACH ':memory:' AS other",
        "VACUUM INTO '/dev/null/copy'",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 4",
        "PRAGMA writable_schema = 1",
        "PRAGMA temp_store_directory = '/'",
        "SELECT load_extension('x')",
        "BEGIN IMMEDIATE",
        "REINDEX",
        "INSERT INTO search (search) VALUES ('rebuild')",
    };

    const char *path = scratch_path(*state, "history.db");
    db_close(opened(path, DB_WRITE));
    struct db *db = opened(path, DB_READ);
    for (size_t i = 0; i < COUNT(attempts); i++) {
        struct sqlite3_stmt *statement = NULL;
        int status = sqlite3_prepare_v2(db_handle(db), attempts[i], -1,
                                        &statement, NULL);
        if (status == SQLITE_OK) { /* VACUUM finds out later */
            status = sqlite3_step(statement);
        }
        if (status == SQLITE_DONE || status == SQLITE_ROW
            || (!strstr(sqlite3_errmsg(db_handle(db)), "authoriz")
                && !strstr(sqlite3_errmsg(db_handle(db)), "not be modified"))) {
            fail_msg("%s: %s", attempts[i], sqlite3_errmsg(db_handle(db)));
        }
        sqlite3_finalize(statement);
    }
    assert_one(db, "PRAGMA user_version", "5");
    assert_one(db, "SELECT name FROM pragma_table_info('tally')",
               "incident_id");
    assert_one(db, "SELECT count(*) FROM search WHERE search MATCH 'x'", "0");
    db_close(db);
}

static void
a_reader_sees_what_a_writer_commits(void **state)
{
    struct fault fault = {0};
    const char *path = scratch_path(*state, "history.db");
    struct db *writer = opened(path, DB_WRITE);
    struct db *reader = opened(path, DB_READ);
    assert_true(db_begin(writer, &fault));
    sqlite3_exec(db_handle(writer),
                 "INSERT INTO checkpoint (identity, origin, position, "
                 "updated_at) VALUES ('i', 'o', 1, 0)",
                 NULL, NULL, NULL);
    assert_one(reader, "SELECT count(*) FROM checkpoint", "0");
    assert_true(db_commit(writer, &fault));
    assert_one(reader, "SELECT count(*) FROM checkpoint", "1");
    assert_true(db_begin(writer, &fault));
    sqlite3_exec(db_handle(writer), "DELETE FROM checkpoint", NULL, NULL, NULL);
    db_rollback(writer);
    db_rollback(writer);
    assert_one(reader, "SELECT count(*) FROM checkpoint", "1");
    db_close(writer);
    db_close(reader);
}

/* Root may write everywhere, so this says nothing when run as root. */
static void
reads_in_a_folder_that_cannot_be_written(void **state)
{
    struct scratch *scratch = *state;
    char path[640];
    if (geteuid() == 0) {
        return;
    }
    snprintf(path, sizeof(path), "%s", scratch_path(scratch, "a%20b?/h#.db"));
    db_close(opened(path, DB_WRITE));
    assert_int_equal(chmod(scratch_path(scratch, "a%20b?"), 0500), 0);
    struct db *db = opened(path, DB_READ);
    assert_one(db, "SELECT count(*) FROM incidents", "0");
    db_close(db);
    assert_int_equal(chmod(scratch_path(scratch, "a%20b?"), 0700), 0);
}

static void
since_is_a_moment(void **state)
{
    static const struct {
        const char *value;
        const char *expected; /* NULL: refused */
    } cases[] = {
        {"NULL", ""},
        {"''", ""},
        {"'90m'", "2026-11-23T14:58:59Z"},
        {"'7d'", "2026-11-16T16:28:59Z"},
        {"'2w'", "2026-11-09T16:28:59Z"},
        {"'2026-11-20'", "2026-11-20T00:00:00Z"},
        {"'2026-11-20T09:00:00+09:00'", "2026-11-20T00:00:00Z"},
        {"'yesterday'", NULL},
        {"'2026-13-01'", NULL},
        {"'7d; DROP TABLE x'", NULL},
    };

    struct db *db = opened(scratch_path(*state, "history.db"), DB_WRITE);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char sql[200];
        struct sqlite3_stmt *statement = NULL;
        snprintf(sql, sizeof(sql), "SELECT since(%s, '2026-11-23 16:28:59')",
                 cases[i].value);
        sqlite3_prepare_v2(db_handle(db), sql, -1, &statement, NULL);
        int status = sqlite3_step(statement);
        if (cases[i].expected) {
            assert_int_equal(status, SQLITE_ROW);
            assert_string_equal((const char *)sqlite3_column_text(statement, 0),
                                cases[i].expected);
        } else {
            assert_int_equal(status, SQLITE_ERROR);
            assert_non_null(strstr(sqlite3_errmsg(db_handle(db)), "7d"));
        }
        sqlite3_finalize(statement);
    }
    db_close(db);
}

static void
add_schema(struct sqlite3 *handle, struct buf *out)
{
    struct sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v2(handle,
                       "SELECT type || ' ' || name || ': ' || "
                       "coalesce(sql, '') || char(10) FROM sqlite_master "
                       "WHERE type <> 'view' ORDER BY type, name",
                       -1, &statement, NULL);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        buf_add_text(out, (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
}

static void
schema_is_what_the_migrations_add_up_to(void **state)
{
    struct fault fault = {0};
    struct buf migrated = {0};
    struct buf written = {0};
    struct sqlite3 *handle = NULL;
    struct db *db = opened(scratch_path(*state, "history.db"), DB_WRITE);
    add_schema(db_handle(db), &migrated);
    db_close(db);
    assert_int_equal(sqlite3_open(":memory:", &handle), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(handle, db_file("schema.sql", &fault), NULL, NULL, NULL),
        SQLITE_OK);
    add_schema(handle, &written);
    sqlite3_close(handle);
    assert_true(written.len > 1000);
    assert_string_equal(buf_string(&written), buf_string(&migrated));
    buf_free(&written);
    buf_free(&migrated);
}

static void
every_embedded_statement_is_sound(void **state)
{
    struct fault fault = {0};
    size_t count = 0;
    struct db *db = opened(scratch_path(*state, "history.db"), DB_WRITE);
    for (const struct embedded *file = embedded_sql; file->name; file++) {
        if (strncmp(file->name, "sql/statements/", 15) != 0) {
            continue;
        }
        struct sqlite3_stmt *statement =
            db_prepare_file(db, file->name + 4, &fault);
        if (!statement) {
            fail_msg("%s", fault.text);
        }
        sqlite3_finalize(statement);
        count++;
    }
    assert_true(count > 20);
    assert_null(db_prepare_file(db, "statements/none.sql", &fault));
    assert_non_null(strstr(fault.text, "statements/none.sql"));
    db_close(db);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(makes_folders_and_migrates),
        IN_SCRATCH(opens_again_without_writing),
        IN_SCRATCH(refuses_what_is_not_ours),
        IN_SCRATCH(refuses_a_newer_schema),
        IN_SCRATCH(refuses_what_is_no_database),
        IN_SCRATCH(says_what_to_do_when_there_is_none),
        IN_SCRATCH(undoes_a_migration_that_fails),
        IN_SCRATCH(goes_on_with_a_history_of_the_first_schema),
        IN_SCRATCH(a_reader_cannot_write),
        IN_SCRATCH(a_reader_sees_what_a_writer_commits),
        IN_SCRATCH(reads_in_a_folder_that_cannot_be_written),
        IN_SCRATCH(since_is_a_moment),
        IN_SCRATCH(schema_is_what_the_migrations_add_up_to),
        IN_SCRATCH(every_embedded_statement_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
