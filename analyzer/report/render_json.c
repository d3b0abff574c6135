/* SPDX-License-Identifier: Apache-2.0 */
#include "report/brief.h"
#include "report/json.h"
#include "report/remedy.h"
#include "report/report.h"

enum {
    JSON_SCHEMA = 1,
    JSON_SAMPLE = 10, /* of those affected; the history has them all */
};

static void
add_facts(cJSON *object, const struct facts *facts)
{
    cJSON *list = cJSON_AddObjectToObject(object, "facts");
    for (size_t i = 0; i < FACTS; i++) {
        json_add_text(list, fact_row((enum fact)i)->name, facts->value[i]);
    }
}

/* What stands beside the facts, too, for those who filter by it. */
static void
add_image(cJSON *object, const struct facts *facts)
{
    static const enum fact shown[] = {
        FACT_REGISTRY, FACT_REPOSITORY, FACT_TAG,
        FACT_DIGEST,   FACT_IMAGE,      FACT_VENDOR,
    };

    for (size_t i = 0; i < COUNT(shown); i++) {
        json_add_text(object, fact_row(shown[i])->name, facts->value[shown[i]]);
    }
}

static void
add_affected(cJSON *object, const struct incident *incident)
{
    cJSON *affected = cJSON_AddObjectToObject(object, "affected");
    json_add_number(affected, "pods", incident_pods(incident));
    json_add_number(affected, "nodes", incident_nodes(incident));
    cJSON *sample = cJSON_AddArrayToObject(affected, "sample");
    for (size_t i = 0; i < incident->affected_count && i < JSON_SAMPLE; i++) {
        const struct affected *row = &incident->affected[i];
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "namespace", row->namespace);
        json_add_text(item, "pod", row->pod);
        json_add_text(item, "container", row->container);
        json_add_text(item, "node", row->node);
        json_add_text(item, "image", row->image);
        if (row->is_recovered) {
            cJSON_AddTrueToObject(item, "recovered");
        }
        cJSON_AddItemToArray(sample, item);
    }
}

static void
add_evidence(cJSON *object, const struct incident *incident)
{
    cJSON *list = cJSON_AddArrayToObject(object, "evidence");
    const struct evidence *evidence;
    for (size_t i = 0; (evidence = incident_evidence(incident, i)); i++) {
        cJSON_AddItemToArray(list, json_text(evidence->line));
    }
}

static void
add_also(cJSON *object, const struct incident *incident)
{
    if (incident->also_count == 0) {
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(object, "also");
    for (size_t i = 0; i < incident->also_count; i++) {
        cJSON_AddItemToArray(list, json_text(incident->also[i]->slug));
    }
}

static void
add_slices(cJSON *object, const char *key, const struct slice *texts,
           size_t count)
{
    cJSON *list = cJSON_AddArrayToObject(object, key);
    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(list, json_text(texts[i]));
    }
}

static cJSON *
new_step(const struct filled_step *step)
{
    cJSON *item = cJSON_CreateObject();
    json_add_prose(item, "say", step->say);
    json_add_text(item, "run", step->run);
    cJSON_AddBoolToObject(item, "changes", step->changes);
    if (step->missing_count > 0) {
        cJSON *missing = cJSON_AddArrayToObject(item, "missing");
        for (size_t i = 0; i < step->missing_count; i++) {
            const char *name = fact_row(step->missing[i])->name;
            cJSON_AddItemToArray(missing, cJSON_CreateString(name));
        }
    }
    return item;
}

static cJSON *
new_remedy(const struct filled_remedy *filled)
{
    cJSON *item = cJSON_CreateObject();
    json_add_text(item, "id", filled->remedy->id);
    json_add_text(item, "title", filled->title);
    cJSON *steps = cJSON_AddArrayToObject(item, "steps");
    for (size_t i = 0; i < filled->step_count; i++) {
        cJSON_AddItemToArray(steps, new_step(&filled->steps[i]));
    }
    return item;
}

/* {"vendor": ["acr"], ...} */
static cJSON *
new_conditions(const struct conditions *conditions)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < conditions->count; i++) {
        const struct condition *condition = &conditions->items[i];
        add_slices(object, fact_row(condition->fact)->name, condition->values,
                   condition->count);
    }
    return object;
}

static void
add_when(cJSON *object, const struct remedy *remedy)
{
    if (remedy->when.count > 0) {
        cJSON_AddItemToObject(object, "when", new_conditions(&remedy->when));
    }
    if (remedy->likely_count > 0) {
        cJSON *likely = cJSON_AddArrayToObject(object, "likely");
        for (size_t i = 0; i < remedy->likely_count; i++) {
            cJSON_AddItemToArray(likely, new_conditions(&remedy->likely[i]));
        }
    }
}

static void
add_head(cJSON *item, const struct incident *incident, enum language language)
{
    const struct cause *cause = incident->cause;
    if (incident->id > 0) {
        json_add_number(item, "id", (uint64_t)incident->id);
    }
    json_add_text(item, "cause", cause->slug);
    cJSON_AddStringToObject(item, "severity",
                            severity_name(incident->severity));
    cJSON_AddStringToObject(item, "scope", scope_name(cause->scope));
    json_add_text(item, "title", slice_trim(cause->title.in[language]));
    json_add_prose(item, "why", cause->why.in[language]);
    add_image(item, &incident->facts);
    cJSON_AddStringToObject(item, "state",
                            incident_state_name(incident->state));
    json_add_time(item, "first_seen", incident->first_seen);
    json_add_time(item, "last_seen", incident->last_seen);
    json_add_time(item, "resolved_at", incident->resolved_at);
    if (brief_is_approximate(incident)) {
        cJSON_AddTrueToObject(item, "approximate");
    }
    json_add_number(item, "count", brief_count(incident));
}

void
render_json_incident(struct buf *out, const struct report_style *style,
                     const struct incident *incident, enum change change)
{
    const struct cause *cause = incident->cause;
    struct arena arena = {0};
    struct filled_remedies remedies =
        remedies_fill(cause, &incident->facts, style->language, &arena);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", JSON_SCHEMA);
    cJSON_AddStringToObject(root, "change", change_name(change));
    cJSON *item = cJSON_AddObjectToObject(root, "incident");
    add_head(item, incident, style->language);
    add_affected(item, incident);
    add_also(item, incident);
    add_facts(item, &incident->facts);
    add_evidence(item, incident);
    cJSON *list = cJSON_AddArrayToObject(item, "remedies");
    for (size_t i = 0; i < remedies.count; i++) {
        cJSON_AddItemToArray(list, new_remedy(&remedies.items[i]));
    }
    add_slices(item, "sources", cause->sources, cause->source_count);
    json_finish(out, root);
    arena_free(&arena);
}

void
render_json_cause(struct buf *out, const struct report_style *style,
                  const struct cause *cause)
{
    static const struct facts none;
    enum language language = style->language;
    struct arena arena = {0};
    struct filled_remedies remedies =
        remedies_fill_all(cause, &none, language, &arena);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", JSON_SCHEMA);
    json_add_text(root, "cause", cause->slug);
    json_add_text(root, "title", slice_trim(cause->title.in[language]));
    cJSON_AddStringToObject(root, "severity", severity_name(cause->severity));
    cJSON_AddStringToObject(root, "scope", scope_name(cause->scope));
    cJSON_AddStringToObject(root, "class", nature_name(cause->nature));
    cJSON_AddNumberToObject(root, "rank", cause->rank);
    json_add_prose(root, "why", cause->why.in[language]);
    cJSON *list = cJSON_AddArrayToObject(root, "remedies");
    for (size_t i = 0; i < remedies.count; i++) {
        cJSON *item = new_remedy(&remedies.items[i]);
        add_when(item, remedies.items[i].remedy);
        cJSON_AddItemToArray(list, item);
    }
    add_slices(root, "sources", cause->sources, cause->source_count);
    json_finish(out, root);
    arena_free(&arena);
}
