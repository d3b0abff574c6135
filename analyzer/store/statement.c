/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

#include <sqlite3.h>

void
statement_plan(struct statement *statement, struct db *db, const char *name)
{
    *statement = (struct statement){.db = db, .file = name};
}

static bool
is_prepared(struct statement *statement, struct fault *fault)
{
    if (!statement->handle) {
        statement->handle =
            db_prepare_file(statement->db, statement->file, fault);
    }
    return statement->handle != NULL;
}

bool
statement_open(struct statement *statement, struct db *db, const char *name,
               struct fault *fault)
{
    statement_plan(statement, db, name);
    return is_prepared(statement, fault);
}

void
statement_close(struct statement *statement)
{
    sqlite3_finalize(statement->handle);
    *statement = (struct statement){0};
}

void
statement_rest(struct statement *statement)
{
    sqlite3_finalize(statement->handle);
    statement_plan(statement, statement->db, statement->file);
}

static void
note(struct statement *statement, int status)
{
    if (statement->status == SQLITE_OK) {
        statement->status = status;
    }
}

/*
 * Mostly the same names come in the same order, again and again; then SQLite
 * need not compare them. 0, which nothing can be bound to: it cannot be
 * prepared, which the run will tell.
 */
static int
place_of(struct statement *statement, const char *name)
{
    struct fault ignored;
    if (!is_prepared(statement, &ignored)) {
        return 0;
    }
    unsigned slot = statement->bound++;
    if (slot >= STATEMENT_SLOTS) {
        return sqlite3_bind_parameter_index(statement->handle, name);
    }
    if (statement->names[slot] != name) {
        statement->names[slot] = name;
        statement->places[slot] =
            sqlite3_bind_parameter_index(statement->handle, name);
    }
    return statement->places[slot];
}

void
statement_text(struct statement *statement, const char *name,
               struct slice value)
{
    int index = place_of(statement, name);
    note(statement, sqlite3_bind_text64(statement->handle, index,
                                        value.data ? value.data : "", value.len,
                                        SQLITE_STATIC, SQLITE_UTF8));
}

void
statement_known(struct statement *statement, const char *name,
                struct slice value)
{
    if (value.len > 0) {
        statement_text(statement, name, value);
        return;
    }
    int index = place_of(statement, name);
    note(statement, sqlite3_bind_null(statement->handle, index));
}

void
statement_number(struct statement *statement, const char *name, int64_t value)
{
    int index = place_of(statement, name);
    note(statement, sqlite3_bind_int64(statement->handle, index, value));
}

void
statement_rows(struct statement *statement, const char *name,
               struct given *rows)
{
    int index = place_of(statement, name);
    note(statement, sqlite3_bind_pointer(statement->handle, index, rows,
                                         given_type, NULL));
}

void
statement_reset(struct statement *statement)
{
    if (statement->handle) {
        sqlite3_reset(statement->handle);
        sqlite3_clear_bindings(statement->handle);
    }
    statement->status = SQLITE_OK;
    statement->bound = 0;
}

bool
statement_next(struct statement *statement, bool *has_row, struct fault *fault)
{
    if (!is_prepared(statement, fault)) {
        statement->status = SQLITE_OK;
        return false;
    }
    int status = statement->status;
    if (status == SQLITE_OK) {
        status = sqlite3_step(statement->handle);
    }
    if (status == SQLITE_ROW) {
        *has_row = true;
        return true;
    }
    if (status == SQLITE_DONE) {
        statement_reset(statement);
        *has_row = false;
        return true;
    }
    /* Reset wipes SQLite's message out, so it is taken before. */
    if (statement->status == SQLITE_OK) {
        db_fault(statement->db, fault);
    } else {
        fault_set(fault, FAULT_SYSTEM, status, "%s", sqlite3_errstr(status));
    }
    statement_reset(statement);
    return false;
}

bool
statement_run(struct statement *statement, struct fault *fault)
{
    bool has_row = true;
    while (has_row) {
        if (!statement_next(statement, &has_row, fault)) {
            return false;
        }
    }
    return true;
}

struct slice
statement_cell(const struct statement *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement->handle, column);
    int len = sqlite3_column_bytes(statement->handle, column);
    return slice_of((const char *)text, (size_t)len);
}

int64_t
statement_cell_number(const struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

static bool
run_part(struct statement *part, const struct statement_value *values,
         size_t count, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (sqlite3_bind_parameter_index(part->handle, values[i].name) > 0) {
            statement_number(part, values[i].name, values[i].value);
        }
    }
    return statement_run(part, fault);
}

bool
statement_script(struct db *db, const char *name,
                 const struct statement_value *values, size_t count,
                 struct fault *fault)
{
    const char *rest = db_file(name, fault);
    if (!rest || !db_ready(db, fault)) {
        return false;
    }
    bool is_fine = true;
    while (is_fine && *rest != '\0') {
        struct statement part = {.db = db};
        if (sqlite3_prepare_v2(db_handle(db), rest, -1, &part.handle, &rest)
            != SQLITE_OK) {
            is_fine = db_fault(db, fault);
        } else if (part.handle) { /* else only blanks were left */
            is_fine = run_part(&part, values, count, fault);
        }
        statement_close(&part);
    }
    return is_fine || fault_add(fault, "sql/%s", name);
}
