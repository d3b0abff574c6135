/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "report/table.h"
#include "store/query.h"

/* Collects the rows of one statement after the other. */
struct printing {
    struct app *app;
    struct table *table;
    struct fault *fault; /* of the first answer that was not written */
    bool is_lost;
};

static void
end_table(struct printing *printing)
{
    enum output form = printing->app->options->output;
    if (!printing->table) {
        return;
    }
    printing->is_lost = printing->is_lost
                     || !output_table(printing->table, form, printing->fault);
    table_free(printing->table);
    printing->table = NULL;
}

static bool
on_row(void *ctx, const struct query_row *row)
{
    struct printing *printing = ctx;
    if (!row->cells || !printing->table
        || !table_is_named(printing->table, row->names, row->count)) {
        end_table(printing);
        printing->table = table_new_slices(row->names, row->count);
    }
    if (row->cells) {
        table_add(printing->table, row->cells);
    }
    return !printing->is_lost;
}

static bool
print_query(struct app *app, struct slice sql,
            const struct query_parameter *parameters, size_t count,
            struct fault *fault)
{
    struct fault lost = {0};
    struct printing printing = {.app = app, .fault = &lost};
    struct db *db = db_open(app->db, DB_READ, fault);
    if (!db) {
        return false;
    }
    const struct query_request request = {sql, parameters, count, on_row,
                                          &printing};
    bool ok = query_run(db, &request, fault);
    end_table(&printing);
    db_close(db);
    if (printing.is_lost) {
        *fault = lost;
    }
    return ok && !printing.is_lost;
}

static bool
list_queries(struct app *app, struct fault *fault)
{
    static const char *const names[] = {"query", "about"};
    struct table *table = table_new(names, COUNT(names));
    struct query query;
    for (size_t i = 0; query_at(i, &query); i++) {
        struct buf name = {0};
        buf_add_byte(&name, '@');
        buf_add(&name, query.name);
        const struct slice cells[] = {buf_slice(&name), query.about};
        table_add(table, cells);
        buf_free(&name);
    }
    bool is_written = output_table(table, app->options->output, fault);
    table_free(table);
    return is_written;
}

/* The name=value arguments behind the query. */
static bool
read_parameters(const struct options *options,
                struct query_parameter *parameters, struct fault *fault)
{
    for (size_t i = 1; i < options->argument_count; i++) {
        struct slice value = slice_from(options->arguments[i]);
        struct slice name;
        if (!slice_cut(&value, '=', &name) || name.len == 0) {
            return fault_set(fault, FAULT_USAGE, 0,
                             "%s: name=value is wanted behind a query",
                             options->arguments[i]);
        }
        parameters[i - 1] = (struct query_parameter){name, value, true};
    }
    return true;
}

bool
cmd_sql(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    struct query query;
    if (options->argument_count == 0) {
        return list_queries(app, fault);
    }
    if (!app->db) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "there is no history: name one with --db");
    }
    struct slice sql = slice_from(options->arguments[0]);
    if (slice_skip(&sql, SLICE("@"))) {
        if (!query_find(sql, &query)) {
            return fault_set(fault, FAULT_USAGE, 0,
                             "there is no ready query @%.*s; 'pullwhy sql' "
                             "lists them",
                             SLICE_ARG(sql));
        }
        sql = query.sql;
    }
    char now[STAMP_TEXT];
    struct query_parameter *parameters =
        mem_resize_array(NULL, options->argument_count, sizeof(*parameters));
    /* The last one; of several of a name the first is bound. */
    parameters[options->argument_count - 1] = (struct query_parameter){
        SLICE("now"), slice_from(stamp_format(app_now(app), now)), false};
    bool ok = read_parameters(options, parameters, fault)
           && print_query(app, sql, parameters, options->argument_count, fault);
    mem_free(parameters);
    return ok;
}
