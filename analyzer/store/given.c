/* SPDX-License-Identifier: Apache-2.0 */
#include "store/given.h"

#include "base/mem.h"
#include "store/db.h"

#include <sqlite3.h>

const char given_type[] = "pullwhy-given";

enum {
    IS_GIVEN = 1, /* of the plan: the statement says which rows */
};

/* SQLite's own part stands first, as it asks for. */
struct cursor {
    sqlite3_vtab_cursor base;
    const struct given *given; /* NULL: no rows */
    bool has_row;
    sqlite3_int64 number;
};

/* NOLINTBEGIN(readability-function-size): SQLite names the parameters */
static int
on_connect(sqlite3 *handle, void *aux, int count, const char *const *arguments,
           sqlite3_vtab **table, char **message)
{
    struct fault ignored;
    const char *schema = db_file("statements/given.sql", &ignored);
    (void)aux;
    (void)count;
    (void)arguments;
    (void)message;
    int status = schema ? sqlite3_declare_vtab(handle, schema) : SQLITE_ERROR;
    if (status == SQLITE_OK) {
        *table = MEM_NEW(sqlite3_vtab);
    }
    return status;
}

/* NOLINTEND(readability-function-size) */

static int
on_disconnect(sqlite3_vtab *table)
{
    mem_free(table);
    return SQLITE_OK;
}

/* The rows are an argument; without one there is no way to read the table. */
static int
on_plan(sqlite3_vtab *table, sqlite3_index_info *plan)
{
    (void)table;
    for (int i = 0; i < plan->nConstraint; i++) {
        if (plan->aConstraint[i].iColumn == GIVEN_COLUMNS
            && plan->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ
            && plan->aConstraint[i].usable) {
            plan->aConstraintUsage[i].argvIndex = 1;
            plan->aConstraintUsage[i].omit = 1;
            plan->idxNum = IS_GIVEN;
        }
    }
    return plan->idxNum == IS_GIVEN ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int
on_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    *cursor = &MEM_NEW(struct cursor)->base;
    return SQLITE_OK;
}

static int
on_close(sqlite3_vtab_cursor *base)
{
    mem_free(base);
    return SQLITE_OK;
}

static int
on_next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->number++;
    cursor->has_row = cursor->given && cursor->given->next(cursor->given->ctx);
    return SQLITE_OK;
}

static int
on_filter(sqlite3_vtab_cursor *base, int plan, const char *name, int count,
          sqlite3_value **values)
{
    struct cursor *cursor = (struct cursor *)base;
    (void)plan;
    (void)name;
    cursor->given =
        count > 0 ? sqlite3_value_pointer(values[0], given_type) : NULL;
    cursor->number = 0;
    return on_next(base);
}

static int
on_end(sqlite3_vtab_cursor *base)
{
    return !((const struct cursor *)base)->has_row;
}

static int
on_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct given *given = ((const struct cursor *)base)->given;
    if (column >= GIVEN_COLUMNS) {
        return SQLITE_OK; /* the pointer, which reads as NULL */
    }
    struct given_cell cell = given->cell(given->ctx, (size_t)column);
    if (cell.is_text) {
        sqlite3_result_text64(context, cell.text.data ? cell.text.data : "",
                              cell.text.len, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        sqlite3_result_int64(context, cell.number);
    }
    return SQLITE_OK;
}

static int
on_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = ((const struct cursor *)base)->number;
    return SQLITE_OK;
}

int
given_register(struct sqlite3 *handle)
{
    static const sqlite3_module module = {
        .xConnect = on_connect,
        .xBestIndex = on_plan,
        .xDisconnect = on_disconnect,
        .xOpen = on_open,
        .xClose = on_close,
        .xFilter = on_filter,
        .xNext = on_next,
        .xEof = on_end,
        .xColumn = on_column,
        .xRowid = on_rowid,
    };

    return sqlite3_create_module_v2(handle, "given", &module, NULL, NULL);
}
