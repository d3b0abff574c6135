/* SPDX-License-Identifier: Apache-2.0 */
#include "store/exchange.h"

#include "base/mem.h"
#include "store/statement.h"

#include <inttypes.h>

struct merge {
    struct db *db;
    char *name;
    struct statement line;
    int64_t lines;
};

/* The number that the statement of a file answers with. */
static bool
ask(struct db *db, const char *file, int64_t *number, struct fault *fault)
{
    struct statement rows;
    bool has_row;
    if (!statement_open(&rows, db, file, fault)) {
        return false;
    }
    bool ok = statement_next(&rows, &has_row, fault);
    *number = ok && has_row ? statement_cell_number(&rows, 0) : 0;
    statement_close(&rows);
    return ok;
}

bool
exchange_export(struct db *db, int64_t now, exchange_sink *sink, void *ctx,
                struct fault *fault)
{
    struct statement rows;
    int64_t can = 0;
    bool has_row = true;
    if (!ask(db, "exchange/can.sql", &can, fault)) {
        return false;
    }
    if (can == 0) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "%s was written by an older pullwhy and has no name "
                         "of its own yet; 'pullwhy history --prune --db %s' "
                         "brings it up to date",
                         db_path(db), db_path(db));
    }
    if (!statement_open(&rows, db, "exchange/export.sql", fault)) {
        return false;
    }
    statement_number(&rows, ":now", now);
    bool ok = true;
    while (ok && has_row) {
        ok = statement_next(&rows, &has_row, fault)
          && (!has_row || sink(ctx, statement_cell(&rows, 0), fault));
    }
    statement_close(&rows);
    return ok;
}

struct merge *
merge_new(struct db *db, const char *name, struct fault *fault)
{
    struct merge *merge = MEM_NEW(struct merge);
    merge->db = db;
    merge->name = mem_string(slice_from(name));
    if (!statement_script(db, "exchange/begin.sql", NULL, 0, fault)
        || !db_begin(db, fault)
        || !statement_open(&merge->line, db, "exchange/line.sql", fault)) {
        merge_free(merge);
        return NULL;
    }
    return merge;
}

static bool
refuse(const struct merge *merge, int64_t number, struct slice complaint,
       struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT, 0, "%s, line %" PRId64 ": %.*s",
                     merge->name, number, SLICE_ARG(complaint));
}

bool
merge_line(void *ctx, struct slice line, struct fault *fault)
{
    struct merge *merge = ctx;
    merge->lines++;
    /* SQLite's JSON would end there, and not see what follows. */
    if (slice_find_byte(line, '\0') != SLICE_NONE) {
        return refuse(merge, merge->lines, SLICE("there is a NUL in it"),
                      fault);
    }
    statement_number(&merge->line, ":number", merge->lines);
    statement_text(&merge->line, ":body", line);
    return statement_run(&merge->line, fault);
}

/* The statement's row, if there is one, is a line's number and a complaint. */
static bool
check(const struct merge *merge, const char *file, struct fault *fault)
{
    struct statement rows;
    bool has_row;
    if (!statement_open(&rows, merge->db, file, fault)) {
        return false;
    }
    bool ok = statement_next(&rows, &has_row, fault);
    if (ok && has_row) {
        ok = refuse(merge, statement_cell_number(&rows, 0),
                    statement_cell(&rows, 1), fault);
    }
    statement_close(&rows);
    return ok;
}

bool
merge_finish(struct merge *merge, int64_t *incidents, struct fault *fault)
{
    if (merge->lines == 0) {
        return refuse(merge, 1, SLICE("the file is empty"), fault);
    }
    return check(merge, "exchange/check.sql", fault)
        && check(merge, "exchange/check-whole.sql", fault)
        && statement_script(merge->db, "exchange/merge.sql", NULL, 0, fault)
        && ask(merge->db, "exchange/merged.sql", incidents, fault)
        && db_commit(merge->db, fault);
}

void
merge_free(struct merge *merge)
{
    struct fault ignored;
    if (!merge) {
        return;
    }
    statement_close(&merge->line);
    db_rollback(merge->db);
    bool is_clean =
        statement_script(merge->db, "exchange/end.sql", NULL, 0, &ignored);
    (void)is_clean; /* else they go when the file is closed */
    mem_free(merge->name);
    mem_free(merge);
}
