/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/config.h"
#include "app/option_set.h"
#include "app/output.h"
#include "report/printable.h"
#include "wire/decode.h"

#include <string.h>

/* What is in force, gathered before it is printed. */
struct showing {
    const struct app *app;
    struct table *table;
};

static void
add_row(struct showing *showing, struct slice name, struct slice value,
        struct slice from)
{
    const struct slice cells[] = {name, value, from};
    table_add(showing->table, cells);
}

static void
add(struct showing *showing, const char *name, struct slice value,
    const struct option_place *place)
{
    struct buf from = {0};
    config_add_place(&from, place);
    add_row(showing, slice_from(name), value, buf_slice(&from));
    buf_free(&from);
}

/* The index-th of the words with | between them. */
static struct slice
word_at(const char *words, unsigned index)
{
    struct slice rest = slice_from(words);
    struct slice word = rest;
    for (unsigned i = 0; i <= index; i++) {
        if (!slice_cut(&rest, '|', &word)) {
            word = rest;
        }
    }
    return word;
}

static struct slice
string_at(const struct options *options, const struct option_row *row)
{
    const char *text;
    memcpy(&text, (const char *)options + row->field, sizeof(text));
    return slice_from(text);
}

static unsigned
number_at(const struct options *options, const struct option_row *row)
{
    unsigned number;
    memcpy(&number, (const char *)options + row->field, sizeof(number));
    return number;
}

static bool
switch_at(const struct options *options, const struct option_row *row)
{
    bool is_on;
    memcpy(&is_on, (const char *)options + row->field, sizeof(is_on));
    return is_on;
}

/* Empty if there is none. */
static struct slice
value_of(const struct app *app, size_t index)
{
    const struct options *options = app->options;
    const struct option_row *row = &options->table->rows[index];
    switch (row->kind) {
    case OPTION_SWITCH:
        return switch_at(options, row) ? SLICE("true") : SLICE("false");
    case OPTION_CHOICE:
        return word_at(row->argument, number_at(options, row));
    case OPTION_FORMAT:
        return slice_from(format_name((enum format)number_at(options, row)));
    case OPTION_TIME:
    case OPTION_SIZE:
    case OPTION_SPAN:
    case OPTION_DELAY:
    case OPTION_THREADS:
        return slice_from(options->said[index]);
    case OPTION_FACT:
        return options->context.value[row->fact];
    case OPTION_PATH:
        if (row->field == offsetof(struct options, db)) {
            return slice_from(app->db); /* also where nobody named it */
        }
        break;
    case OPTION_WORD:
    case OPTION_TEXT:
    case OPTION_PROVIDER:
        break;
    case OPTION_LIST:
        return slice_of(NULL, 0);
    }
    return string_at(options, row);
}

static void
add_options(struct showing *showing)
{
    const struct options *options = showing->app->options;
    for (size_t i = 0; i < options->table->count; i++) {
        const struct option_row *row = &options->table->rows[i];
        struct slice value = value_of(showing->app, i);
        if (!row->line_only && value.len > 0) {
            add(showing, row->name, value,
                row->kind == OPTION_FACT ? &options->context_places[row->fact]
                                         : &options->places[i]);
        }
    }
    const struct option_item *item = options->items;
    for (; item; item = item->next) {
        struct buf name = {0};
        buf_print(&name, "%s%s%s", item->row->group ? item->row->group : "",
                  item->row->group ? "." : "", item->row->name);
        add(showing, buf_string(&name),
            item->text ? slice_from(item->text) : SLICE("true"), &item->place);
        buf_free(&name);
    }
}

static bool
is_an_option(const struct option_table *table, enum fact fact)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].kind == OPTION_FACT && table->rows[i].fact == fact) {
            return true;
        }
    }
    return false;
}

static void
add_azure(struct showing *showing)
{
    const struct options *options = showing->app->options;
    const char *key;
    enum fact fact;
    for (size_t i = 0; config_azure_key(i, &key, &fact); i++) {
        struct buf name = {0};
        buf_print(&name, "azure.%s", key);
        if (options->context.value[fact].len > 0
            && !is_an_option(options->table, fact)) {
            add(showing, buf_string(&name), options->context.value[fact],
                &options->context_places[fact]);
        }
        buf_free(&name);
    }
}

static void
add_registry(struct showing *showing, const struct context_registry *registry)
{
    const char *key;
    enum fact fact;
    for (size_t i = 0; config_registry_key(i, &key, &fact); i++) {
        struct buf name = {0};
        buf_print(&name, "registries.%.*s.%s", SLICE_ARG(registry->host), key);
        if (registry->facts.value[fact].len > 0) {
            add_row(showing, buf_slice(&name), registry->facts.value[fact],
                    registry->origin);
        }
        buf_free(&name);
    }
}

static bool
show(const struct app *app, struct fault *fault)
{
    static const char *const names[] = {"option", "value", "from"};
    struct showing showing = {app, table_new(names, COUNT(names))};
    const struct context_registry *registry = app->options->registries;
    add_options(&showing);
    add_azure(&showing);
    for (; registry; registry = registry->next) {
        add_registry(&showing, registry);
    }
    bool is_written = output_table(showing.table, app->options->output, fault);
    table_free(showing.table);
    return is_written;
}

/* Each file is read as if it were alone. */
static void
check_file(struct app *app, const struct config_file *file, struct buf *out)
{
    struct options scratch = {.table = app->line->table, .now = app->line->now};
    struct config_faults faults = {0};
    bool exists;
    if (!config_read(file, &scratch, &faults, &exists)) {
        struct slice rest = buf_slice(&faults.text);
        struct slice line;
        while (slice_cut(&rest, '\n', &line)) {
            printable_add(out, line);
            buf_add_byte(out, '\n');
        }
        app->status = STATUS_INPUT;
    } else {
        printable_add(out, slice_from(file->path));
        buf_add_text(out, exists ? ": sound\n" : ": not there\n");
    }
    buf_free(&faults.text);
    options_free(&scratch);
}

static bool
check(struct app *app, const char *path, struct fault *fault)
{
    struct options where = *app->line; /* its memory is our own */
    struct config_files files = {0};
    struct buf out = {0};
    where.memory = (struct arena){0};
    if (path) {
        files.file[files.count++] =
            (struct config_file){path, LEVEL_USER_FILE, true};
    } else if (!config_find(&where, &files, fault)) {
        return false;
    }
    for (size_t i = 0; i < files.count; i++) {
        check_file(app, &files.file[i], &out);
    }
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    options_free(&where);
    return is_written;
}

bool
cmd_config(struct app *app, struct fault *fault)
{
    const char *const *arguments = app->options->arguments;
    size_t count = app->options->argument_count;
    if ((count == 1 || count == 2) && strcmp(arguments[0], "check") == 0) {
        return check(app, arguments[1], fault);
    }
    if (count == 1 && strcmp(arguments[0], "show") == 0) {
        return show(app, fault);
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "pullwhy config takes check [FILE], or show");
}
