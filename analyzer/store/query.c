/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include "base/embedded.h"
#include "base/mem.h"

#include <sqlite3.h>

#include <string.h>

/* What one query_run() is about. */
struct run {
    struct db *db;
    const char *sql; /* all of it, with a NUL behind */
    const struct query_parameter *parameters;
    size_t parameter_count;
    query_sink *sink;
    void *ctx;
    bool is_stopped; /* the sink has had enough */
};

/* Room for one row. */
struct cells {
    struct slice *names;
    struct slice *cells;
    bool *is_number;
};

static bool
is_query(const struct embedded *file, struct query *query)
{
    struct slice name = slice_from(file->name);
    if (!slice_skip(&name, SLICE("sql/queries/"))
        || !slice_ends(name, SLICE(".sql"))) {
        return false;
    }
    struct slice rest = slice_of(file->text, file->len);
    struct slice about = {0};
    if (slice_cut(&rest, '\n', &about)) {
        slice_skip(&about, SLICE("-- "));
    }
    query->name = slice_before(name, name.len - strlen(".sql"));
    query->about = about;
    query->sql = slice_of(file->text, file->len);
    return true;
}

/* The table is in the order of Makefile.am's list, which is sorted. */
bool
query_at(size_t index, struct query *query)
{
    for (const struct embedded *file = embedded_sql; file->name; file++) {
        struct query found;
        if (is_query(file, &found) && index-- == 0) {
            *query = found;
            return true;
        }
    }
    return false;
}

bool
query_find(struct slice name, struct query *query)
{
    struct query found;
    for (size_t i = 0; query_at(i, &found); i++) {
        if (slice_equal(found.name, name)) {
            *query = found;
            return true;
        }
    }
    return false;
}

/* Where byte `offset` of the text is, for people: both count from 1. */
static void
locate(const char *text, size_t offset, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset && text[i] != '\0'; i++) {
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

static bool
refuse(const struct run *run, struct fault *fault)
{
    return fault_set(fault, FAULT_USAGE, SQLITE_READONLY,
                     "the history is open for reading only, and this statement "
                     "does more than read; to change it, stop pullwhy and use "
                     "sqlite3 %s",
                     db_path(run->db));
}

/* Where in the statement the error is, -1 if SQLite does not tell. */
static int
error_offset(struct sqlite3 *handle)
{
#if SQLITE_VERSION_NUMBER >= 3038000
    return sqlite3_error_offset(handle);
#else
    (void)handle;
    return -1;
#endif
}

/* A statement that begins at `start` could not be prepared. */
static bool
fault_at(const struct run *run, const char *start, struct fault *fault)
{
    struct sqlite3 *handle = db_handle(run->db);
    size_t offset = (size_t)(start - run->sql);
    size_t line;
    size_t column;
    int code = sqlite3_errcode(handle);
    if (code == SQLITE_AUTH || code == SQLITE_READONLY) {
        return refuse(run, fault);
    }
    if (code != SQLITE_ERROR) {
        return db_fault(run->db, fault);
    }
    int inside = error_offset(handle);
    if (inside < 0) {
        /* Not told: then it is the statement, without the blanks before it. */
        inside = (int)strspn(start, " \t\r\n");
    }
    locate(run->sql, offset + (size_t)inside, &line, &column);
    return fault_set(fault, FAULT_USAGE, code, "SQL, line %zu, column %zu: %s",
                     line, column, sqlite3_errmsg(handle));
}

/* The value of the parameter ":name"; NULL if nobody gave one. */
static const struct slice *
value_of(const struct run *run, const char *name)
{
    for (size_t i = 0; name && i < run->parameter_count; i++) {
        if (slice_equal(slice_from(name + 1), run->parameters[i].name)) {
            return &run->parameters[i].value;
        }
    }
    return NULL;
}

static bool
bind(const struct run *run, struct sqlite3_stmt *statement, struct fault *fault)
{
    int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; i++) {
        const struct slice *value =
            value_of(run, sqlite3_bind_parameter_name(statement, i));
        if (value
            && sqlite3_bind_text64(statement, i, value->data ? value->data : "",
                                   value->len, SQLITE_STATIC, SQLITE_UTF8)
                   != SQLITE_OK) {
            return db_fault(run->db, fault);
        }
    }
    return true;
}

static void
fill(struct sqlite3_stmt *statement, size_t count, const struct cells *room)
{
    for (size_t i = 0; i < count; i++) {
        int column = (int)i;
        int type = sqlite3_column_type(statement, column);
        const unsigned char *text = sqlite3_column_text(statement, column);
        int len = sqlite3_column_bytes(statement, column);
        room->is_number[i] = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
        room->cells[i] =
            type == SQLITE_NULL
                ? slice_of(NULL, 0)
                : slice_of(text ? (const char *)text : "", (size_t)len);
    }
}

static bool
step_all(struct run *run, struct sqlite3_stmt *statement, size_t count,
         const struct cells *room, struct fault *fault)
{
    struct query_row row = {.names = room->names, .count = count};
    int status = sqlite3_step(statement);
    if (status == SQLITE_DONE && count > 0) {
        run->is_stopped = !run->sink(run->ctx, &row);
    }
    row.cells = room->cells;
    row.is_number = room->is_number;
    while (status == SQLITE_ROW && !run->is_stopped) {
        fill(statement, count, room);
        run->is_stopped = !run->sink(run->ctx, &row);
        if (!run->is_stopped) {
            status = sqlite3_step(statement);
        }
    }
    if (status == SQLITE_ROW || status == SQLITE_DONE) {
        return true;
    }
    if ((status & 0xff) == SQLITE_ERROR) {
        return fault_set(fault, FAULT_USAGE, status, "SQL: %s",
                         sqlite3_errmsg(db_handle(run->db)));
    }
    return db_fault(run->db, fault);
}

static bool
run_statement(struct run *run, struct sqlite3_stmt *statement,
              struct fault *fault)
{
    size_t count = (size_t)sqlite3_column_count(statement);
    struct cells room = {
        .names = mem_new(count * sizeof(*room.names)),
        .cells = mem_new(count * sizeof(*room.cells)),
        .is_number = mem_new(count * sizeof(*room.is_number)),
    };
    for (size_t i = 0; i < count; i++) {
        room.names[i] = slice_from(sqlite3_column_name(statement, (int)i));
    }
    bool is_fine;
    if (!sqlite3_stmt_readonly(statement)) {
        is_fine = refuse(run, fault);
    } else {
        is_fine = bind(run, statement, fault)
               && step_all(run, statement, count, &room, fault);
    }
    mem_free(room.names);
    mem_free(room.cells);
    mem_free(room.is_number);
    return is_fine;
}

static bool
has_parameter(struct sqlite3_stmt *statement, struct slice name)
{
    int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; i++) {
        const char *known = sqlite3_bind_parameter_name(statement, i);
        if (known && slice_equal(slice_from(known + 1), name)) {
            return true;
        }
    }
    return false;
}

/* All statements but those that cannot be prepared: they fault when run. */
static bool
is_taken(const struct run *run, struct slice name, struct buf *known)
{
    bool is_found = false;
    const char *rest = run->sql;
    struct sqlite3_stmt *statement = NULL;
    while (
        !is_found && *rest != '\0'
        && sqlite3_prepare_v2(db_handle(run->db), rest, -1, &statement, &rest)
               == SQLITE_OK) {
        is_found = has_parameter(statement, name);
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
            const char *one = sqlite3_bind_parameter_name(statement, i);
            buf_print(known, "%s%s", known->len > 0 ? ", " : "",
                      one ? one + 1 : "?");
        }
        sqlite3_finalize(statement);
        statement = NULL;
    }
    return is_found || *rest != '\0';
}

/* A misspelt filter would silently be none. */
static bool
check_meant(const struct run *run, struct fault *fault)
{
    for (size_t i = 0; i < run->parameter_count; i++) {
        struct slice name = run->parameters[i].name;
        struct buf known = {0};
        bool is_fine =
            !run->parameters[i].is_meant || is_taken(run, name, &known);
        if (!is_fine) {
            fault_set(fault, FAULT_USAGE, 0,
                      "the query has no parameter '%.*s'%s%s", SLICE_ARG(name),
                      known.len > 0 ? "; it has: " : "", buf_string(&known));
        }
        buf_free(&known);
        if (!is_fine) {
            return false;
        }
    }
    return true;
}

bool
query_run(struct db *db, const struct query_request *request,
          struct fault *fault)
{
    if (slice_find_byte(request->sql, '\0') != SLICE_NONE) {
        return fault_set(fault, FAULT_USAGE, 0, "SQL: there is a NUL in it");
    }
    char *text = mem_string(request->sql);
    struct run run = {
        .db = db,
        .sql = text,
        .parameters = request->parameters,
        .parameter_count = request->parameter_count,
        .sink = request->sink,
        .ctx = request->ctx,
    };
    const char *rest = text;
    bool is_fine = check_meant(&run, fault);
    while (is_fine && !run.is_stopped && *rest != '\0') {
        struct sqlite3_stmt *statement = NULL;
        const char *start = rest;
        if (sqlite3_prepare_v2(db_handle(db), start, -1, &statement, &rest)
            != SQLITE_OK) {
            is_fine = fault_at(&run, start, fault);
        } else if (statement) { /* else only blanks or comments were left */
            is_fine = run_statement(&run, statement, fault);
        }
        sqlite3_finalize(statement);
    }
    mem_free(text);
    return is_fine;
}

void
query_quote_words(struct slice words, struct buf *out)
{
    struct slice word;
    while ((word = slice_word(&words)).len > 0) {
        buf_add_text(out, out->len > 0 ? " \"" : "\"");
        for (size_t i = 0; i < word.len; i++) {
            buf_add_text(out, word.data[i] == '"' ? "\"" : "");
            buf_add_byte(out, word.data[i]);
        }
        buf_add_byte(out, '"');
    }
}
