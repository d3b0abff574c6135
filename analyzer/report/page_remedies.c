/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_remedies.h"

#include "report/json.h"
#include "report/page_command.h"
#include "report/page_json.h"
#include "report/remedy.h"

/* A remedy as it is filled in each language. */
struct spoken {
    const struct filled_remedy *in[LANGUAGES];
};

/* Placeholders that wait to be explained, in the order they turned up. */
struct queue {
    enum fact facts[FACTS];
    bool is_known[FACTS];
    size_t count;
};

static cJSON *
pooled(struct page_pool *pool, cJSON *value)
{
    struct buf text = {0};
    page_json_add(&text, value);
    size_t number = page_pool_add(pool, buf_slice(&text));
    buf_free(&text);
    return cJSON_CreateNumber((double)number);
}

/* The number of a sentence; between the languages stands a NUL. */
static cJSON *
prose(struct page_remedies *page, const struct slice said[LANGUAGES])
{
    struct buf text = {0};
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (i > 0) {
            buf_add_byte(&text, '\0');
        }
        buf_add(&text, said[i]);
    }
    size_t number = page_pool_add(&page->prose, buf_slice(&text));
    buf_free(&text);
    return cJSON_CreateNumber((double)number);
}

static cJSON *
new_title(struct page_remedies *page, const struct spoken *spoken)
{
    struct slice said[LANGUAGES];
    for (size_t i = 0; i < LANGUAGES; i++) {
        said[i] = spoken->in[i]->title;
    }
    return prose(page, said);
}

static cJSON *
new_say(struct page_remedies *page, const struct spoken *spoken, size_t step)
{
    struct slice said[LANGUAGES];
    for (size_t i = 0; i < LANGUAGES; i++) {
        said[i] = spoken->in[i]->steps[step].say;
    }
    return prose(page, said);
}

static void
queue_missing(struct queue *queue, const struct filled_step *step)
{
    for (size_t i = 0; i < step->missing_count; i++) {
        enum fact fact = step->missing[i];
        if (!queue->is_known[fact]) {
            queue->is_known[fact] = true;
            queue->facts[queue->count++] = fact;
        }
    }
}

/* How to find what stands as a placeholder; what that lacks, too. */
static cJSON *
new_find(const struct filled_step *step, const struct facts *facts,
         struct arena *arena)
{
    struct queue queue = {.count = 0};
    cJSON *list = cJSON_CreateArray();
    queue_missing(&queue, step);
    for (size_t i = 0; i < queue.count; i++) {
        enum fact fact = queue.facts[i];
        const char *find = fact_find(fact, facts);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", fact_row(fact)->placeholder);
        if (find) {
            struct filled_step filled = {0};
            struct slice run =
                remedy_fill(slice_from(find), facts, arena, &filled);
            cJSON_AddItemToObject(item, "run",
                                  page_command(slice_from(find), run, facts));
            queue_missing(&queue, &filled);
        }
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *
new_remedy(struct page_remedies *page, const struct spoken *spoken,
           const struct facts *facts, struct arena *arena)
{
    const struct filled_remedy *filled = spoken->in[0];
    cJSON *item = cJSON_CreateObject();
    json_add_text(item, "id", filled->remedy->id);
    cJSON_AddItemToObject(item, "title", new_title(page, spoken));
    cJSON *steps = cJSON_AddArrayToObject(item, "steps");
    for (size_t i = 0; i < filled->step_count; i++) {
        const struct filled_step *step = &filled->steps[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddItemToObject(row, "say", new_say(page, spoken, i));
        if (step->run.len > 0) {
            struct slice template = filled->remedy->steps[i].run;
            cJSON_AddItemToObject(row, "run",
                                  page_command(template, step->run, facts));
        }
        if (step->changes) {
            cJSON_AddTrueToObject(row, "changes");
        }
        if (step->missing_count > 0) {
            cJSON_AddItemToObject(row, "find", new_find(step, facts, arena));
        }
        cJSON_AddItemToArray(steps, row);
    }
    return pooled(&page->remedies, item);
}

cJSON *
page_remedies_of(struct page_remedies *page, const struct incident *incident)
{
    struct arena arena = {0};
    struct filled_remedies filled[LANGUAGES];
    struct facts facts;
    incident_facts(incident, &facts);
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < LANGUAGES; i++) {
        filled[i] =
            remedies_fill(incident->cause, &facts, (enum language)i, &arena);
    }
    /* What is chosen, and its order, depend on the facts alone. */
    for (size_t i = 0; i < filled[0].count; i++) {
        struct spoken spoken;
        for (size_t k = 0; k < LANGUAGES; k++) {
            spoken.in[k] = &filled[k].items[i];
        }
        cJSON_AddItemToArray(list, new_remedy(page, &spoken, &facts, &arena));
    }
    arena_free(&arena);
    return list;
}

static cJSON *
new_sentence(struct slice said)
{
    cJSON *texts = cJSON_CreateArray();
    struct slice one;
    while (slice_cut(&said, '\0', &one)) {
        cJSON_AddItemToArray(texts, json_prose(one));
    }
    cJSON_AddItemToArray(texts, json_prose(said));
    return texts;
}

void
page_remedies_add_prose(const struct page_remedies *page, struct buf *out)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < page->prose.count; i++) {
        cJSON_AddItemToArray(list, new_sentence(page->prose.texts[i]));
    }
    page_json_add(out, list);
}

void
page_remedies_add(const struct page_remedies *page, struct buf *out)
{
    const char *before = "[";
    for (size_t i = 0; i < page->remedies.count; i++) {
        buf_add_text(out, before);
        buf_add(out, page->remedies.texts[i]);
        before = ",\n";
    }
    buf_add_text(out, page->remedies.count > 0 ? "]" : "[]");
}

void
page_remedies_free(struct page_remedies *page)
{
    page_pool_free(&page->prose);
    page_pool_free(&page->remedies);
}
