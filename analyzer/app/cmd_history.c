/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/option_set.h"
#include "app/output.h"
#include "app/pager.h"
#include "app/zone.h"
#include "report/course.h"
#include "report/listing.h"
#include "report/table.h"
#include "store/query.h"
#include "store/recall.h"

#include <stdio.h>

enum {
    COLUMN_ID,
    COLUMN_SEVERITY,
    COLUMN_STATE,
    COLUMN_CAUSE,
    COLUMN_WHERE,
    COLUMN_COUNT,
    COLUMN_PODS,
    COLUMN_PUBLIC = 11, /* those before it are what machines get */
    COLUMN_BARS = COLUMN_PUBLIC,
    COLUMN_FIRST,
    COLUMN_LAST,
};

/* The rows of the list, gathered before they are printed. */
struct gathering {
    struct table *table;     /* for machines */
    struct listing *listing; /* for people */
};

static uint64_t
number_of(struct slice text)
{
    uint64_t number = 0;
    return slice_to_u64(text, &number) ? number : 0;
}

/* "0:14 3:1": how often in which part of the time. */
static void
read_bars(struct slice text, uint64_t *bars)
{
    struct slice word;
    while ((word = slice_word(&text)).len > 0) {
        struct slice place;
        if (slice_cut(&word, ':', &place) && number_of(place) < LISTING_BARS) {
            bars[number_of(place)] = number_of(word);
        }
    }
}

static void
list_row(struct listing *listing, const struct slice *cells)
{
    struct listing_row row = {
        .id = (int64_t)number_of(cells[COLUMN_ID]),
        .severity = cells[COLUMN_SEVERITY],
        .state = cells[COLUMN_STATE],
        .cause = cells[COLUMN_CAUSE],
        .where = cells[COLUMN_WHERE],
        .count = number_of(cells[COLUMN_COUNT]),
        .pods = number_of(cells[COLUMN_PODS]),
        .first_seen = (int64_t)number_of(cells[COLUMN_FIRST]),
        .last_seen = (int64_t)number_of(cells[COLUMN_LAST]),
    };
    read_bars(cells[COLUMN_BARS], row.bars);
    listing_add(listing, &row);
}

static bool
on_row(void *ctx, const struct query_row *row)
{
    struct gathering *gathering = ctx;
    if (gathering->listing) {
        if (row->cells) {
            list_row(gathering->listing, row->cells);
        }
        return true;
    }
    if (!gathering->table) {
        gathering->table = table_new_slices(row->names, COLUMN_PUBLIC);
    }
    if (row->cells) {
        table_add(gathering->table, row->cells);
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

static bool
ask_history(struct app *app, struct db *db, struct gathering *gathering,
            struct fault *fault)
{
    const struct options *options = app->options;
    char since[STAMP_TEXT] = "";
    char until[STAMP_TEXT] = "";
    struct buf search = {0};
    if (options->since > 0) {
        stamp_format(options->since, since);
    }
    if (options->until > 0) {
        stamp_format(options->until, until);
    }
    query_quote_words(slice_from(options->search), &search);
    const struct query_parameter filters[] = {
        {SLICE("cause"), slice_from(options->cause), false},
        {SLICE("registry"), slice_from(options->registry), false},
        {SLICE("state"), slice_from(options->state), false},
        {SLICE("since"), slice_from(since), false},
        {SLICE("until"), slice_from(until), false},
        {SLICE("search"), buf_slice(&search), false},
        {SLICE("sort"), slice_from(options->sort), false},
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
    const char *sql = db_file("statements/history-list.sql", fault);
    const struct query_request request = {slice_from(sql), given, count, on_row,
                                          gathering};
    bool ok = sql && query_run(db, &request, fault);
    buf_free(&search);
    return ok;
}

static bool
print_history(const struct app *app, const struct gathering *gathering,
              struct fault *fault)
{
    struct buf out = {0};
    bool is_written = true;
    if (gathering->listing) {
        listing_render(gathering->listing, &out);
        is_written = pager_write(app, &out, fault);
    } else if (gathering->table) {
        is_written =
            output_table(gathering->table, app->options->output, fault);
    }
    buf_free(&out);
    return is_written;
}

bool
cmd_history(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    struct gathering gathering = {0};
    if (options->argument_count > 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "pullwhy history takes options only; "
                         "'pullwhy show %s' shows one incident",
                         options->arguments[0]);
    }
    if (options->export_to || options->prune
        || option_next(options, NULL, "import")) {
        return cmd_exchange(app, fault);
    }
    struct db *db = open_history(app, fault);
    if (!db) {
        return false;
    }
    if (options->output == OUTPUT_TEXT) {
        gathering.listing =
            listing_new(&app->style, options->utc ? NULL : zone_offset);
    }
    bool ok = ask_history(app, db, &gathering, fault)
           && print_history(app, &gathering, fault);
    listing_free(gathering.listing);
    table_free(gathering.table);
    db_close(db);
    return ok;
}

static bool
on_course(void *ctx, const struct query_row *row)
{
    struct course *course = ctx;
    if (row->cells) {
        read_bars(row->cells[0], course->bars);
        course->peak = (int64_t)number_of(row->cells[1]);
        course->peak_count = number_of(row->cells[2]);
    }
    return true;
}

static bool
on_life(void *ctx, const struct query_row *row)
{
    struct course *course = ctx;
    if (row->cells && course->life_count < COUNT(course->lives)) {
        course->lives[course->life_count++] = (struct course_life){
            .id = (int64_t)number_of(row->cells[0]),
            .first_seen = (int64_t)number_of(row->cells[1]),
            .last_seen = (int64_t)number_of(row->cells[2]),
            .resolved_at = (int64_t)number_of(row->cells[3]),
            .count = number_of(row->cells[4]),
            .is_quiet = number_of(row->cells[5]) != 0,
        };
    }
    return true;
}

static bool
ask_course(struct db *db, int64_t id, struct course *course,
           struct fault *fault)
{
    char number[32];
    snprintf(number, sizeof(number), "%lld", (long long)id);
    const struct query_parameter given = {SLICE("incident"), slice_from(number),
                                          false};
    const char *how = db_file("statements/show-course.sql", fault);
    const char *lives = db_file("statements/show-lives.sql", fault);
    const struct query_request requests[] = {
        {slice_from(how), &given, 1, on_course, course},
        {slice_from(lives), &given, 1, on_life, course},
    };
    return how && lives && query_run(db, &requests[0], fault)
        && query_run(db, &requests[1], fault);
}

static bool
print_incident(const struct app *app, const struct incident *incident,
               const struct course *course, struct fault *fault)
{
    struct buf out = {0};
    struct buf text = {0};
    struct report_style style = app->style;
    style.offset = app->options->utc ? NULL : zone_offset;
    if (app->options->output == OUTPUT_JSON) {
        render_json_incident(&out, &style, incident, CHANGE_UPDATED);
    } else {
        course_render(course, &style, incident, &text);
        render_text_show(&out, &style, incident, buf_slice(&text));
    }
    bool is_written = pager_write(app, &out, fault);
    buf_free(&text);
    buf_free(&out);
    return is_written;
}

/* The life before, which has the same key and so the same cause. */
static bool
recall_last(struct recall *recall, struct course *course, struct incident *last,
            struct fault *fault)
{
    if (course->life_count == 0) {
        return true;
    }
    course->last = last;
    return recall_incident(recall, course->lives[0].id, last, fault);
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
    struct recall *recall = recall_new(db, app->catalog);
    struct course course = {0};
    struct incident last = {0};
    bool ok = recall_incident(recall, (int64_t)id, &incident, fault)
           && ask_course(db, (int64_t)id, &course, fault)
           && recall_last(recall, &course, &last, fault);
    if (ok) {
        context_complete(&incident, &options->context, options->registries);
        ok = print_incident(app, &incident, &course, fault);
    }
    recall_release(&incident);
    recall_release(&last);
    recall_free(recall);
    db_close(db);
    return ok;
}
