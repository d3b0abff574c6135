/* SPDX-License-Identifier: Apache-2.0 */
#include "report/brief.h"
#include "report/jot.h"
#include "report/remedy.h"
#include "report/report.h"

enum {
    JSON_SCHEMA = 1,
    JSON_SAMPLE = 10, /* of those affected; the history has them all */
};

static void
add_facts(struct buf *out, const struct facts *facts)
{
    jot_object(out, "facts");
    for (size_t i = 0; i < FACTS; i++) {
        jot_known(out, fact_row((enum fact)i)->name, facts->value[i]);
    }
    jot_object_end(out);
}

/* What stands beside the facts, too, for those who filter by it. */
static void
add_image(struct buf *out, const struct facts *facts)
{
    static const enum fact shown[] = {
        FACT_REGISTRY, FACT_REPOSITORY, FACT_TAG,
        FACT_DIGEST,   FACT_IMAGE,      FACT_VENDOR,
    };

    for (size_t i = 0; i < COUNT(shown); i++) {
        jot_known(out, fact_row(shown[i])->name, facts->value[shown[i]]);
    }
}

static void
add_one_affected(struct buf *out, const struct affected *row)
{
    jot_object(out, NULL);
    jot_known(out, "namespace", row->namespace);
    jot_known(out, "pod", row->pod);
    jot_known(out, "container", row->container);
    jot_known(out, "node", row->node);
    jot_known(out, "image", row->image);
    if (row->is_recovered) {
        jot_bool(out, "recovered", true);
    }
    jot_object_end(out);
}

static void
add_affected(struct buf *out, const struct incident *incident)
{
    jot_object(out, "affected");
    jot_number(out, "pods", incident_pods(incident));
    jot_number(out, "nodes", incident_nodes(incident));
    jot_list(out, "sample");
    for (size_t i = 0; i < incident->affected_count && i < JSON_SAMPLE; i++) {
        add_one_affected(out, &incident->affected[i]);
    }
    jot_list_end(out);
    jot_object_end(out);
}

static void
add_evidence(struct buf *out, const struct incident *incident)
{
    const struct evidence *evidence;
    jot_list(out, "evidence");
    for (size_t i = 0; (evidence = incident_evidence(incident, i)); i++) {
        jot_text(out, NULL, evidence_line(evidence));
    }
    jot_list_end(out);
}

static void
add_also(struct buf *out, const struct incident *incident)
{
    if (incident->also_count == 0) {
        return;
    }
    jot_list(out, "also");
    for (size_t i = 0; i < incident->also_count; i++) {
        jot_text(out, NULL, incident->also[i]->slug);
    }
    jot_list_end(out);
}

static void
add_slices(struct buf *out, const char *key, const struct slice *texts,
           size_t count)
{
    jot_list(out, key);
    for (size_t i = 0; i < count; i++) {
        jot_text(out, NULL, texts[i]);
    }
    jot_list_end(out);
}

static void
add_step(struct buf *out, const struct filled_step *step, struct kept *kept)
{
    jot_object(out, NULL);
    if (step->is_own) {
        jot_own_prose(out, "say", step->say, kept);
    } else {
        jot_prose(out, "say", step->say);
    }
    jot_known(out, "run", step->run);
    jot_bool(out, "changes", step->changes);
    if (step->missing_count > 0) {
        jot_list(out, "missing");
        for (size_t i = 0; i < step->missing_count; i++) {
            jot_text(out, NULL, slice_from(fact_row(step->missing[i])->name));
        }
        jot_list_end(out);
    }
    jot_object_end(out);
}

static void
add_steps(struct buf *out, const struct filled_remedy *filled,
          struct kept *kept)
{
    jot_known(out, "id", filled->remedy->id);
    if (filled->is_own) {
        jot_own(out, "title", filled->title, kept);
    } else {
        jot_known(out, "title", filled->title);
    }
    jot_list(out, "steps");
    for (size_t i = 0; i < filled->step_count; i++) {
        add_step(out, &filled->steps[i], kept);
    }
    jot_list_end(out);
}

/* {"vendor": ["acr"], ...} */
static void
add_conditions(struct buf *out, const char *key,
               const struct conditions *conditions)
{
    jot_object(out, key);
    for (size_t i = 0; i < conditions->count; i++) {
        const struct condition *condition = &conditions->items[i];
        add_slices(out, fact_row(condition->fact)->name, condition->values,
                   condition->count);
    }
    jot_object_end(out);
}

static void
add_when(struct buf *out, const struct remedy *remedy)
{
    if (remedy->when.count > 0) {
        add_conditions(out, "when", &remedy->when);
    }
    if (remedy->likely_count > 0) {
        jot_list(out, "likely");
        for (size_t i = 0; i < remedy->likely_count; i++) {
            add_conditions(out, NULL, &remedy->likely[i]);
        }
        jot_list_end(out);
    }
}

static void
add_name(struct buf *out, const char *key, const char *name)
{
    jot_text(out, key, slice_from(name));
}

static void
add_head(struct buf *out, const struct incident *incident,
         const struct facts *facts, const struct report_style *style)
{
    enum language language = style->language;
    const struct cause *cause = incident->cause;
    if (incident->id > 0) {
        jot_number(out, "id", (uint64_t)incident->id);
    }
    jot_known(out, "cause", cause->slug);
    add_name(out, "severity", severity_name(incident->severity));
    add_name(out, "scope", scope_name(cause->scope));
    jot_own(out, "title", slice_trim(cause->title.in[language]), style->kept);
    jot_own_prose(out, "why", cause->why.in[language], style->kept);
    add_image(out, facts);
    add_name(out, "state", incident_state_name(incident->state));
    jot_time(out, "first_seen", incident->first_seen);
    jot_time(out, "last_seen", incident->last_seen);
    jot_time(out, "resolved_at", incident->resolved_at);
    if (brief_is_approximate(incident)) {
        jot_bool(out, "approximate", true);
    }
    jot_number(out, "count", brief_count(incident));
}

static void
add_remedies(struct buf *out, const struct cause *cause,
             const struct facts *facts, const struct report_style *style)
{
    struct arena arena = {0};
    struct filling filling = {.facts = facts,
                              .arena = &arena,
                              .kept = style->kept,
                              .language = style->language,
                              .full = SIZE_MAX};
    struct filled_remedies remedies = remedies_fill_by(&filling, cause);
    jot_list(out, "remedies");
    for (size_t i = 0; i < remedies.count; i++) {
        jot_object(out, NULL);
        add_steps(out, &remedies.items[i], style->kept);
        jot_object_end(out);
    }
    jot_list_end(out);
    arena_free(&arena);
}

void
render_json_incident(struct buf *out, const struct report_style *style,
                     const struct incident *incident, enum change change)
{
    const struct cause *cause = incident->cause;
    struct facts facts;
    incident_facts(incident, &facts);
    jot_object(out, NULL);
    jot_number(out, "schema", JSON_SCHEMA);
    add_name(out, "change", change_name(change));
    jot_object(out, "incident");
    add_head(out, incident, &facts, style);
    add_affected(out, incident);
    add_also(out, incident);
    add_facts(out, &facts);
    add_evidence(out, incident);
    add_remedies(out, cause, &facts, style);
    add_slices(out, "sources", cause->sources, cause->source_count);
    jot_object_end(out);
    jot_line_end(out);
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
    jot_object(out, NULL);
    jot_number(out, "schema", JSON_SCHEMA);
    jot_known(out, "cause", cause->slug);
    jot_known(out, "title", slice_trim(cause->title.in[language]));
    add_name(out, "severity", severity_name(cause->severity));
    add_name(out, "scope", scope_name(cause->scope));
    add_name(out, "class", nature_name(cause->nature));
    jot_number(out, "rank", (uint64_t)cause->rank);
    jot_prose(out, "why", cause->why.in[language]);
    jot_list(out, "remedies");
    for (size_t i = 0; i < remedies.count; i++) {
        jot_object(out, NULL);
        add_steps(out, &remedies.items[i], style->kept);
        add_when(out, remedies.items[i].remedy);
        jot_object_end(out);
    }
    jot_list_end(out);
    add_slices(out, "sources", cause->sources, cause->source_count);
    jot_line_end(out);
    arena_free(&arena);
}
