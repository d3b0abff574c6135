/* SPDX-License-Identifier: Apache-2.0 */
#include "report/annotation.h"

#include "match/redact.h"
#include "report/json.h"
#include "wire/decode.h"

static void
add_facts(cJSON *root, const struct facts *facts)
{
    cJSON *object = NULL;
    for (size_t i = 0; i < FACTS; i++) {
        if (facts->value[i].len > 0 && !object) {
            object = cJSON_AddObjectToObject(root, "facts");
        }
        if (facts->value[i].len > 0) {
            json_add_text(object, fact_row((enum fact)i)->name,
                          facts->value[i]);
        }
    }
}

static void
add_cause(cJSON *root, const struct finding *finding)
{
    if (!finding->cause || finding->kind == FINDING_NOTE) {
        cJSON_AddNullToObject(root, "cause");
    } else {
        json_add_text(root, "cause", finding->cause->slug);
        cJSON_AddNumberToObject(root, "rank", finding->cause->rank);
    }
    if (finding->kind == FINDING_SUCCESS) {
        cJSON_AddTrueToObject(root, "success");
    }
    if (finding->kind == FINDING_NOTE) {
        cJSON_AddTrueToObject(root, "note");
    }
    if (finding->kind == FINDING_ATTEMPT) {
        cJSON_AddTrueToObject(root, "attempt");
    }
    if (finding->also_count > 0) {
        cJSON *also = cJSON_AddArrayToObject(root, "also");
        for (size_t i = 0; i < finding->also_count; i++) {
            cJSON_AddItemToArray(also, json_text(finding->also[i]->slug));
        }
    }
}

/* What is said, without the envelope and without secrets. */
static void
add_message(cJSON *root, struct slice line, const struct record *record)
{
    struct buf kept = {0};
    redact_add(&kept, record->message.len > 0 ? record->message : line);
    if (record->error.len > 0) {
        buf_add_text(&kept, ": ");
        redact_add(&kept, record->error);
    }
    cJSON_AddItemToObject(root, "message", json_text(buf_slice(&kept)));
    buf_free(&kept);
}

void
render_annotation(struct buf *out, uint64_t number, struct slice line,
                  const struct record *record, const struct finding *finding)
{
    cJSON *root = cJSON_CreateObject();
    json_add_number(root, "line", number);
    if (record->stamp.trust != STAMP_MISSING) {
        char text[STAMP_TEXT];
        cJSON_AddStringToObject(root, "time",
                                stamp_format_full(record->stamp.us, text));
    }
    add_cause(root, finding);
    add_facts(root, &finding->facts);
    cJSON_AddStringToObject(root, "format", format_name(record->format));
    add_message(root, line, record);
    json_finish(out, root);
}
