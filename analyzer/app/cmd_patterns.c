/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"
#include "match/prove.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/table.h"

#include <string.h>

static bool
list(struct app *app, struct fault *fault)
{
    static const char *const names[] = {"cause", "rank",     "scope",
                                        "class", "severity", "title"};
    struct table *table = table_new(names, COUNT(names));
    for (size_t i = 0; i < catalog_count(app->catalog); i++) {
        const struct cause *cause = catalog_cause(app->catalog, i);
        char rank[2] = {(char)('0' + cause->rank), '\0'};
        const struct slice cells[] = {
            cause->slug,
            slice_from(rank),
            slice_from(scope_name(cause->scope)),
            slice_from(nature_name(cause->nature)),
            slice_from(severity_name(cause->severity)),
            cause->title.in[app->style.language],
        };
        table_add(table, cells);
    }
    bool is_written = output_table(table, app->options->output, fault);
    table_free(table);
    return is_written;
}

static bool
show(struct app *app, const char *slug, struct fault *fault)
{
    struct buf out = {0};
    const struct cause *cause = catalog_find(app->catalog, slice_from(slug));
    if (!cause) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "no cause is called %s; 'pullwhy patterns' lists them",
                         slug);
    }
    if (app->options->output == OUTPUT_JSON) {
        render_json_cause(&out, &app->style, cause);
    } else {
        render_text_cause(&out, &app->style, cause, &app->options->context);
    }
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    return is_written;
}

static void
on_wrong(void *ctx, struct slice file, int row, const char *what)
{
    struct buf *out = ctx;
    printable_add(out, file);
    buf_print(out, ":%d: ", row);
    printable_add(out, slice_from(what));
    buf_add_byte(out, '\n');
}

/* With a folder named, that is what is proved, over the built-in catalogue. */
static bool
test(struct app *app, const char *directory, struct fault *fault)
{
    struct buf out = {0};
    struct proof proof;
    struct catalog *own = catalog_load_whole(
        directory ? directory : app->options->patterns, fault);
    if (!own) {
        return false;
    }
    prove_catalog(own, app_now(app), on_wrong, &out, &proof);
    prove_costs(own, on_wrong, &out, &proof);
    buf_print(
        &out,
        "%zu causes, %zu patterns, %zu samples, %zu rejects: %zu faults\n",
        proof.causes, proof.looks, proof.samples, proof.rejects, proof.faults);
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    catalog_free(own);
    app->status = proof.faults > 0 ? STATUS_INPUT : STATUS_DONE;
    return is_written;
}

/* What the catalogue is proved with, for those who wrap it in something else. */
static bool
samples(const struct app *app, struct fault *fault)
{
    struct buf out = {0};
    struct catalog *whole = catalog_load_whole(app->options->patterns, fault);
    if (!whole) {
        return false;
    }
    for (size_t i = 0; i < catalog_count(whole); i++) {
        const struct cause *cause = catalog_cause(whole, i);
        for (size_t j = 0; j < cause->sample_count; j++) {
            const struct sample *sample = &cause->samples[j];
            cJSON *root = cJSON_CreateObject();
            json_add_text(root, "cause", cause->slug);
            json_add_text(root, "file", cause->file);
            json_add_number(root, "row", (uint64_t)sample->row);
            json_add_text(root, "line", sample->line);
            json_finish(&out, root);
        }
    }
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    catalog_free(whole);
    return is_written;
}

bool
cmd_patterns(struct app *app, struct fault *fault)
{
    const char *const *arguments = app->options->arguments;
    size_t count = app->options->argument_count;
    if (count == 0 || (count == 1 && strcmp(arguments[0], "list") == 0)) {
        return list(app, fault);
    }
    if (count == 2 && strcmp(arguments[0], "show") == 0) {
        return show(app, arguments[1], fault);
    }
    if (count <= 2 && strcmp(arguments[0], "test") == 0) {
        return test(app, count == 2 ? arguments[1] : NULL, fault);
    }
    if (count == 1 && strcmp(arguments[0], "samples") == 0) {
        return samples(app, fault);
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "pullwhy patterns takes list, show CAUSE, samples, or "
                     "test [DIR]");
}

bool
cmd_explain(struct app *app, struct fault *fault)
{
    if (app->options->argument_count != 1) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "pullwhy explain wants a cause; 'pullwhy patterns' "
                         "lists them");
    }
    return show(app, app->options->arguments[0], fault);
}
