/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"
#include "report/table.h"
#include "store/query.h"
#include "store/recall.h"

/* The rows of the list, gathered before they are printed. */
static bool
on_row(void *ctx, const struct query_row *row)
{
    struct table **table = ctx;
    if (!*table) {
        *table = table_new_slices(row->names, row->count);
    }
    if (row->cells) {
        table_add(*table, row->cells);
    }
    return true;
}

static struct db *
open_history(struct app *app, struct fault *fault)
{
    if (!app->db) {
        fault_set(fault, FAULT_USAGE, 0,
                  "there is no history: name one with --db");
        return NULL;
    }
    return db_open(app->db, DB_READ, fault);
}

bool
cmd_history(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    char since[STAMP_TEXT] = "";
    struct table *table = NULL;
    if (options->argument_count > 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "pullwhy history takes options only; "
                         "'pullwhy show %s' shows one incident",
                         options->arguments[0]);
    }
    const char *sql = db_file("statements/history-list.sql", fault);
    if (!sql) {
        return false;
    }
    struct db *db = open_history(app, fault);
    if (!db) {
        return false;
    }
    if (options->since > 0) {
        stamp_format(options->since, since);
    }
    const struct query_parameter filters[] = {
        {SLICE("cause"), slice_from(options->cause), false},
        {SLICE("registry"), slice_from(options->registry), false},
        {SLICE("state"), slice_from(options->state), false},
        {SLICE("since"), slice_from(since[0] ? since : NULL), false},
        {SLICE("namespace"), options->context.value[FACT_NAMESPACE], false},
        {SLICE("node"), options->context.value[FACT_NODE], false},
    };
    struct query_parameter given[COUNT(filters)];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(filters); i++) {
        if (filters[i].value.len > 0) {
            given[count++] = filters[i];
        }
    }
    const struct query_request request = {slice_from(sql), given, count, on_row,
                                          &table};
    bool ok = query_run(db, &request, fault);
    if (ok && table) {
        output_table(table, options->output);
    }
    table_free(table);
    db_close(db);
    return ok;
}

static void
print_incident(const struct app *app, const struct incident *incident)
{
    struct buf out = {0};
    if (app->options->output == OUTPUT_JSON) {
        render_json_incident(&out, &app->style, incident, CHANGE_UPDATED);
    } else {
        render_text_show(&out, &app->style, incident);
    }
    output_write(&out);
    buf_free(&out);
}

bool
cmd_show(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    struct incident incident = {0};
    uint64_t id;
    if (options->argument_count != 1
        || !slice_to_u64(slice_from(options->arguments[0]), &id)
        || id > INT64_MAX) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "pullwhy show wants the number of an incident; "
                         "'pullwhy history' lists them");
    }
    struct db *db = open_history(app, fault);
    if (!db) {
        return false;
    }
    struct recall *recall = recall_new(db, app->catalog, fault);
    bool ok = recall && recall_incident(recall, (int64_t)id, &incident, fault);
    if (ok) {
        facts_merge(&incident.facts, &options->context, &incident.arena);
        context_add_registry(&incident.facts, options->registries,
                             &incident.arena);
        print_incident(app, &incident);
    }
    recall_release(&incident);
    recall_free(recall);
    db_close(db);
    return ok;
}
