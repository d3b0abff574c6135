/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"
#include "app/replace.h"
#include "report/page.h"
#include "store/query.h"
#include "store/recall.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What is read for each incident; the list holds it all at one moment. */
struct reading {
    struct app *app;
    struct db *db;
    struct recall *recall;
    struct statement list;
    struct statement tally;
    struct buf search; /* its words, quoted; bound to the list */
    struct page_about about;
    struct page *page; /* NULL until the first row has told the span */
    struct page_tally *tallies;
    size_t tally_count;
    size_t tally_room;
    size_t count;
};

static bool
open_reading(struct reading *reading, struct fault *fault)
{
    struct app *app = reading->app;
    if (!app->db) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "there is no history: name one with --db");
    }
    reading->db = db_open(app->db, DB_READ, fault);
    if (!reading->db) {
        return false;
    }
    reading->recall = recall_new(reading->db, app->catalog);
    return statement_open(&reading->list, reading->db,
                          "statements/report-list.sql", fault)
        && statement_open(&reading->tally, reading->db,
                          "statements/report-tally.sql", fault);
}

static void
close_reading(struct reading *reading)
{
    page_free(reading->page);
    mem_free(reading->tallies);
    statement_close(&reading->list);
    statement_close(&reading->tally);
    recall_free(reading->recall);
    buf_free(&reading->search);
    db_close(reading->db);
}

static void
format_time(int64_t us, char *text)
{
    text[0] = '\0';
    if (us > 0) {
        stamp_format(us, text);
    }
}

/* Binds the filters, and says them for people. */
static void
bind_filters(struct reading *reading, struct buf *said)
{
    const struct options *options = reading->app->options;
    char since[STAMP_TEXT];
    char until[STAMP_TEXT];
    format_time(options->since, since);
    format_time(options->until, until);

    const struct {
        const char *parameter; /* its option's name behind a colon */
        struct slice value;
        bool is_text; /* it is bound as it is said */
    } filters[] = {
        {":cause", slice_from(options->cause), true},
        {":registry", slice_from(options->registry), true},
        {":state", slice_from(options->state), true},
        {":since", slice_from(since), false},
        {":until", slice_from(until), false},
        {":namespace", options->context.value[FACT_NAMESPACE], true},
        {":node", options->context.value[FACT_NODE], true},
        {":search", slice_from(options->search), false},
    };

    for (size_t i = 0; i < COUNT(filters); i++) {
        if (filters[i].is_text) {
            statement_known(&reading->list, filters[i].parameter,
                            filters[i].value);
        }
        if (filters[i].value.len > 0) {
            buf_print(said, "%s--%s %.*s", said->len > 0 ? " " : "",
                      filters[i].parameter + 1, SLICE_ARG(filters[i].value));
        }
    }
    statement_number(&reading->list, ":since", options->since);
    statement_number(&reading->list, ":until", options->until);
    query_quote_words(slice_from(options->search), &reading->search);
    statement_known(&reading->list, ":search", buf_slice(&reading->search));
}

static bool
read_tallies(struct reading *reading, int64_t id, struct fault *fault)
{
    const struct page_about *about = &reading->about;
    int64_t minutes = page_minutes(about->first, about->last);
    bool has_row;
    reading->tally_count = 0;
    statement_number(&reading->tally, ":incident", id);
    statement_number(&reading->tally, ":minutes", minutes);
    statement_number(&reading->tally, ":from", about->first / STAMP_MINUTE);
    while (statement_next(&reading->tally, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        if (reading->tally_count == reading->tally_room) {
            reading->tally_room = reading->tally_room * 2 + 16;
            reading->tallies =
                mem_resize_array(reading->tallies, reading->tally_room,
                                 sizeof(*reading->tallies));
        }
        reading->tallies[reading->tally_count++] = (struct page_tally){
            statement_cell_number(&reading->tally, 0),
            (uint64_t)statement_cell_number(&reading->tally, 1),
        };
    }
    return false;
}

/*
 * What is known of the cluster completes the commands. Not namespace and node,
 * which are filters here: who suffers elsewhere, too, keeps its own.
 */
static void
add_context(const struct options *options, struct incident *incident)
{
    struct facts context = options->context;
    context.value[FACT_NAMESPACE] = SLICE("");
    context.value[FACT_NODE] = SLICE("");
    context_complete(incident, &context, options->registries);
}

static bool
add_incident(struct reading *reading, int64_t id, struct fault *fault)
{
    struct incident incident = {0};
    bool ok = recall_incident(reading->recall, id, &incident, fault)
           && read_tallies(reading, id, fault);
    if (ok) {
        add_context(reading->app->options, &incident);
        page_add(reading->page, &incident, reading->tallies,
                 reading->tally_count);
        reading->count++;
    }
    recall_release(&incident);
    return ok;
}

static void
begin_page(struct reading *reading)
{
    int64_t since = reading->app->options->since;
    int64_t first = statement_cell_number(&reading->list, 2);
    reading->about.first = first > since ? first : since;
    reading->about.last = statement_cell_number(&reading->list, 3);
    reading->page = page_new(&reading->about);
}

/* An incident whose cause is another catalogue's is counted, not shown. */
static bool
add_row(struct reading *reading, struct fault *fault)
{
    struct slice slug = statement_cell(&reading->list, 1);
    if (!reading->page) {
        begin_page(reading);
    }
    if (!catalog_find(reading->app->catalog, slug)) {
        reading->about.left_out++;
        return true;
    }
    return add_incident(reading, statement_cell_number(&reading->list, 0),
                        fault);
}

static bool
read_all(struct reading *reading, struct fault *fault)
{
    bool has_row = true;
    while (statement_next(&reading->list, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        if (!add_row(reading, fault)) {
            statement_reset(&reading->list);
            return false;
        }
    }
    return false;
}

/* Half a page is none; but a reader that goes away has seen enough. */
static bool
print_page(struct buf *page, struct fault *fault)
{
    int error = -output_write_to(STDOUT_FILENO, page);
    return error == 0 || error == EPIPE
        || fault_set(fault, FAULT_SYSTEM, error, "writing the page: %s",
                     strerror(error));
}

static bool
deliver(const struct reading *reading, struct buf *page, struct fault *fault)
{
    const char *path = reading->app->line->copy;
    if (!path) {
        return print_page(page, fault);
    }
    if (!replace_file(path, page, fault)) {
        return false;
    }
    output_warn("%zu incident%s in %s", reading->count,
                reading->count == 1 ? "" : "s", path);
    return true;
}

/* Only where it was typed: the file's `output:` is for findings as JSON. */
static bool
check_output(const struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    if (options->argument_count > 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "pullwhy report takes options only; '-o %s' writes "
                         "the page there",
                         options->arguments[0]);
    }
    if (!app->line->copy && app->surroundings.is_terminal) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "a page of HTML is not for a terminal; name a file: "
                         "pullwhy report -o report.html");
    }
    return true;
}

bool
cmd_report(struct app *app, struct fault *fault)
{
    struct buf filters = {0};
    struct buf page = {0};
    struct reading reading = {
        .app = app,
        .about = {.style = &app->style,
                  .version = SLICE(PACKAGE_VERSION),
                  .key = (uint64_t)app_now(app)},
    };
    if (!check_output(app, fault)) {
        return false;
    }
    bool ok = open_reading(&reading, fault);
    if (ok) {
        bind_filters(&reading, &filters);
        reading.about.filters = buf_slice(&filters);
        ok = read_all(&reading, fault);
    }
    if (ok) {
        if (!reading.page) {
            reading.page = page_new(&reading.about);
        }
        page_render(reading.page, &page);
        ok = deliver(&reading, &page, fault);
    }
    close_reading(&reading);
    buf_free(&filters);
    buf_free(&page);
    return ok;
}
