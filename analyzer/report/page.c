/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include "report/brief.h"
#include "report/json.h"
#include "report/page_json.h"
#include "report/page_remedies.h"
#include "report/page_words.h"
#include "report/render_html.h"

#include <stdio.h>

enum {
    BLOCK = 100,       /* incidents whose details are read at once */
    COLUMNS_MAX = 120, /* of the timeline */
};

struct page {
    const struct page_about *about;
    struct page_pool texts; /* number 0 is the empty one */
    struct page_remedies remedies;
    const struct cause **causes;
    size_t cause_count;
    size_t cause_room;
    struct buf incidents; /* JSON of those so far, a comma between */
    struct buf block;     /* likewise, of the details of the latest ones */
    struct buf details;   /* blocks that are full */
    size_t count;
};

int64_t
page_minutes(int64_t first, int64_t last)
{
    enum {
        DAY = 1440,
    };

    static const int nice[] = {
        1,        5,        15,        30,        60,      180,
        360,      720,      DAY,       DAY * 2,   DAY * 7, DAY * 14,
        DAY * 28, DAY * 91, DAY * 182, DAY * 364,
    };

    size_t i = 0;
    int64_t span = last > first ? (last - first) / STAMP_MINUTE : 0;
    while (i + 1 < COUNT(nice) && span / nice[i] >= COLUMNS_MAX) {
        i++;
    }
    return nice[i];
}

struct page *
page_new(const struct page_about *about)
{
    struct page *page = MEM_NEW(struct page);
    struct keyed key = {{about->key, about->key + 1}};
    page->about = about;
    page->texts.key = key;
    page->remedies.prose.key = key;
    page->remedies.remedies.key = key;
    page_pool_add(&page->texts, SLICE(""));
    return page;
}

void
page_free(struct page *page)
{
    if (page) {
        page_pool_free(&page->texts);
        page_remedies_free(&page->remedies);
        mem_free(page->causes);
        buf_free(&page->incidents);
        buf_free(&page->block);
        buf_free(&page->details);
        mem_free(page);
    }
}

static double
text_number(struct page *page, struct slice text)
{
    return (double)page_pool_add(&page->texts, text);
}

static double
cause_number(struct page *page, const struct cause *cause)
{
    size_t i = 0;
    while (i < page->cause_count && page->causes[i] != cause) {
        i++;
    }
    if (i == page->cause_room) {
        page->cause_room = page->cause_room * 2 + 16;
        page->causes = mem_resize_array(page->causes, page->cause_room,
                                        sizeof(struct cause *));
    }
    if (i == page->cause_count) {
        page->causes[page->cause_count++] = cause;
    }
    return (double)i;
}

/* Seconds are enough for people; 0 is unknown. */
static double
seconds(int64_t us)
{
    int64_t whole = us / STAMP_SECOND;
    return (double)whole;
}

static cJSON *
new_affected(struct page *page, const struct incident *incident)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        const double cells[] = {
            text_number(page, row->namespace), text_number(page, row->pod),
            text_number(page, row->container), text_number(page, row->node),
            text_number(page, row->image),     seconds(row->first_seen),
            seconds(row->last_seen),           (double)row->count,
            row->is_recovered ? 1 : 0,
        };
        cJSON_AddItemToArray(list, page_json_numbers(cells, COUNT(cells)));
    }
    return list;
}

static cJSON *
new_tallies(const struct page_tally *tallies, size_t count)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        const double cells[] = {(double)tallies[i].column,
                                (double)tallies[i].count};
        cJSON_AddItemToArray(list, page_json_numbers(cells, COUNT(cells)));
    }
    return list;
}

static double
where_number(struct page *page, const struct incident *incident)
{
    struct buf text = {0};
    brief_add_where(&text, incident);
    double number = text_number(page, buf_slice(&text));
    buf_free(&text);
    return number;
}

static double
image_number(struct page *page, const struct incident *incident)
{
    struct buf text = {0};
    brief_add_image(&text, incident);
    double number = text_number(page, buf_slice(&text));
    buf_free(&text);
    return number;
}

/* The order of the cells is known to data.js. */
static cJSON *
new_row(struct page *page, const struct incident *incident)
{
    const double cells[] = {
        (double)incident->id,
        cause_number(page, incident->cause),
        (double)incident->severity,
        (double)incident->state,
        where_number(page, incident),
        image_number(page, incident),
        text_number(page, incident_fact(incident, FACT_REGISTRY)),
        seconds(incident->first_seen),
        seconds(incident->last_seen),
        seconds(incident->resolved_at),
        brief_is_approximate(incident) ? 1 : 0,
        (double)brief_count(incident),
        (double)incident_pods(incident),
        (double)incident_nodes(incident),
    };
    cJSON *row = page_json_numbers(cells, COUNT(cells));
    cJSON_AddItemToArray(row, new_affected(page, incident));
    return row;
}

static cJSON *
new_evidence(const struct incident *incident)
{
    cJSON *list = cJSON_CreateArray();
    const struct evidence *evidence;
    for (size_t i = 0; (evidence = incident_evidence(incident, i)); i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "at", seconds(evidence->seen_at));
        cJSON_AddItemToObject(item, "from",
                              page_json_shown(evidence_origin(evidence)));
        cJSON_AddItemToObject(item, "line",
                              page_json_shown(evidence_line(evidence)));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *
new_facts(const struct incident *incident)
{
    struct facts facts;
    incident_facts(incident, &facts);
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < FACTS; i++) {
        struct slice value = facts.value[i];
        if (value.len > 0) {
            cJSON_AddItemToObject(object, fact_row((enum fact)i)->name,
                                  page_json_shown(value));
        }
    }
    return object;
}

static cJSON *
new_details(struct page *page, const struct incident *incident)
{
    cJSON *details = cJSON_CreateObject();
    cJSON *also = cJSON_AddArrayToObject(details, "also");
    for (size_t i = 0; i < incident->also_count; i++) {
        double number = cause_number(page, incident->also[i]);
        cJSON_AddItemToArray(also, cJSON_CreateNumber(number));
    }
    cJSON_AddItemToObject(details, "facts", new_facts(incident));
    cJSON_AddItemToObject(details, "evidence", new_evidence(incident));
    cJSON_AddItemToObject(details, "remedies",
                          page_remedies_of(&page->remedies, incident));
    return details;
}

static void
add_comma(struct buf *out)
{
    if (out->len > 0) {
        buf_add_text(out, ",\n");
    }
}

static void
add_list_block(struct buf *out, const char *id, const struct buf *items)
{
    struct buf list = {0};
    buf_add_byte(&list, '[');
    buf_add(&list, buf_slice(items));
    buf_add_byte(&list, ']');
    page_json_block(out, id, buf_slice(&list));
    buf_free(&list);
}

static void
end_block(struct page *page)
{
    if (page->block.len > 0) {
        char id[32];
        (void)snprintf(id, sizeof(id), "details-%zu",
                       (page->count - 1) / BLOCK);
        add_list_block(&page->details, id, &page->block);
        buf_clear(&page->block);
    }
}

void
page_add(struct page *page, const struct incident *incident,
         const struct page_tally *tallies, size_t count)
{
    cJSON *row = new_row(page, incident);
    cJSON_AddItemToArray(row, new_tallies(tallies, count));
    add_comma(&page->incidents);
    page_json_add(&page->incidents, row);
    add_comma(&page->block);
    page_json_add(&page->block, new_details(page, incident));
    page->count++;
    if (page->count % BLOCK == 0) {
        end_block(page);
    }
}

static cJSON *
new_about(const struct page *page)
{
    const struct page_about *about = page->about;
    const struct report_style *style = about->style;
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "version", about->version);
    json_add_text(object, "language",
                  slice_from(language_name(style->language)));
    cJSON_AddNumberToObject(object, "made", seconds(style->now));
    cJSON_AddItemToObject(object, "show", page_json_shown(style->show));
    cJSON_AddItemToObject(object, "filters", page_json_shown(about->filters));
    cJSON_AddNumberToObject(object, "first", seconds(about->first));
    cJSON_AddNumberToObject(object, "last", seconds(about->last));
    json_add_number(object, "minutes",
                    (uint64_t)page_minutes(about->first, about->last));
    json_add_number(object, "block", BLOCK);
    json_add_number(object, "left_out", about->left_out);
    cJSON *severities = cJSON_AddArrayToObject(object, "severities");
    for (int i = 0; i < SEVERITIES; i++) {
        const char *name = severity_name((enum severity)i);
        cJSON_AddItemToArray(severities, cJSON_CreateString(name));
    }
    cJSON *states = cJSON_AddArrayToObject(object, "states");
    for (int i = 0; i < INCIDENT_STATES; i++) {
        const char *name = incident_state_name((enum incident_state)i);
        cJSON_AddItemToArray(states, cJSON_CreateString(name));
    }
    return object;
}

static cJSON *
new_texts(const struct text *text)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < LANGUAGES; i++) {
        cJSON_AddItemToArray(list, json_prose(text->in[i]));
    }
    return list;
}

static cJSON *
new_causes(const struct page *page)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < page->cause_count; i++) {
        const struct cause *cause = page->causes[i];
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "slug", cause->slug);
        cJSON_AddItemToObject(item, "title", new_texts(&cause->title));
        cJSON_AddItemToObject(item, "why", new_texts(&cause->why));
        cJSON_AddStringToObject(item, "nature", nature_name(cause->nature));
        cJSON *sources = cJSON_AddArrayToObject(item, "sources");
        for (size_t k = 0; k < cause->source_count; k++) {
            cJSON_AddItemToArray(sources, json_text(cause->sources[k]));
        }
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *
new_pool(const struct page_pool *pool)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < pool->count; i++) {
        cJSON_AddItemToArray(list, page_json_shown(pool->texts[i]));
    }
    return list;
}

static void
add_part(struct buf *out, const char *before, cJSON *part)
{
    buf_add_text(out, before);
    page_json_add(out, part);
}

/* What the table and the charts are made of. */
static void
add_report(struct buf *out, const struct page *page)
{
    struct buf json = {0};
    add_part(&json, "{\"about\":", new_about(page));
    add_part(&json, ",\"words\":", page_words());
    add_part(&json, ",\"causes\":", new_causes(page));
    add_part(&json, ",\"texts\":", new_pool(&page->texts));
    buf_add_text(&json, ",\"incidents\":[");
    buf_add(&json, buf_slice(&page->incidents));
    buf_add_text(&json, "]}");
    page_json_block(out, "report", buf_slice(&json));
    buf_free(&json);
}

void
page_render(struct page *page, struct buf *out)
{
    struct buf report = {0};
    struct buf json = {0};
    end_block(page);
    add_report(&report, page);
    page_remedies_add_prose(&page->remedies, &json);
    page_json_block(&page->details, "prose", buf_slice(&json));
    buf_clear(&json);
    page_remedies_add(&page->remedies, &json);
    page_json_block(&page->details, "remedies", buf_slice(&json));
    render_html_page(out, page->about->style->language, buf_slice(&report),
                     buf_slice(&page->details));
    buf_free(&report);
    buf_free(&json);
}
