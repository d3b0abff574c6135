/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/yaml_object.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

/* What stands at the left edge of an event, a pod or a list. */
static const char *const keys[] = {
    "action",
    "apiVersion",
    "count",
    "deprecatedCount",
    "deprecatedFirstTimestamp",
    "deprecatedLastTimestamp",
    "deprecatedSource",
    "eventTime",
    "firstTimestamp",
    "involvedObject",
    "items",
    "kind",
    "lastTimestamp",
    "message",
    "metadata",
    "note",
    "object",
    "reason",
    "regarding",
    "related",
    "reportingComponent",
    "reportingController",
    "reportingInstance",
    "series",
    "source",
    "spec",
    "status",
    "type",
};

void
yaml_object_free(struct yaml_object *yaml)
{
    buf_free(&yaml->kept);
    buf_free(&yaml->json);
    *yaml = (struct yaml_object){0};
}

bool
yaml_object_looks(struct slice line)
{
    return slice_starts(line, SLICE("apiVersion: "));
}

static bool
is_key(struct slice line)
{
    struct slice key;
    if (!slice_cut(&line, ':', &key) || (line.len > 0 && line.data[0] != ' ')) {
        return false;
    }
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (slice_equal(key, slice_from(keys[i]))) {
            return true;
        }
    }
    return false;
}

static size_t
indent_of(struct slice line)
{
    size_t at = 0;
    while (at < line.len && line.data[at] == ' ') {
        at++;
    }
    return at;
}

/*
 * Adds the text as JSON, or nothing if it is no YAML. The library would write
 * its complaints to stderr; collected, they are thrown away.
 */
static void
add_json(struct slice text, struct buf *out)
{
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG,
        .diag = diag,
    };
    struct fy_document *document =
        fy_document_build_from_string(&cfg, text.data, text.len);
    char *json =
        document ? fy_emit_document_to_string(document, FYECF_MODE_JSON_ONELINE)
                 : NULL;
    buf_add(out, slice_trim(slice_from(json)));
    free(json);
    fy_document_destroy(document);
    fy_diag_destroy(diag);
}

/* What is kept, as JSON; empty if it is no YAML. */
static struct slice
convert(struct yaml_object *yaml)
{
    struct slice kept = buf_slice(&yaml->kept);
    buf_clear(&yaml->json);
    if (kept.len > 0 && !yaml->is_long) {
        add_json(kept, &yaml->json);
    }
    if (yaml->json.len > YAML_OBJECT_GROWTH * kept.len) {
        buf_clear(&yaml->json);
    }
    buf_clear(&yaml->kept);
    yaml->is_long = false;
    return buf_slice(&yaml->json);
}

static void
keep(struct yaml_object *yaml, struct slice line)
{
    if (yaml->kept.len + line.len >= YAML_OBJECT_MAX) {
        yaml->is_long = true;
        return;
    }
    buf_add(&yaml->kept, line);
    buf_add_byte(&yaml->kept, '\n');
}

/* The "- " that begins an item becomes blanks. */
static void
keep_item(struct yaml_object *yaml, struct slice line)
{
    size_t dash = indent_of(line);
    keep(yaml, line);
    if (!yaml->is_long && yaml->kept.len > dash) {
        yaml->kept.data[yaml->kept.len - line.len - 1 + dash] = ' ';
    }
}

static void
begin(struct yaml_object *yaml)
{
    yaml->is_open = true;
    yaml->is_list = false;
    yaml->is_tail = false;
    yaml->is_long = false;
    buf_clear(&yaml->kept);
}

static bool
is_item(struct yaml_object *yaml, struct slice line)
{
    size_t indent = indent_of(line);
    if (!yaml->is_list
        || !slice_starts(slice_after(line, indent), SLICE("- "))) {
        return false;
    }
    if (yaml->kept.len == 0 && !yaml->is_long) {
        yaml->indent = indent; /* the first one tells */
    }
    return indent == yaml->indent;
}

static enum yaml_step
read_key(struct yaml_object *yaml, struct slice line, struct slice *json)
{
    if (yaml->is_list) {
        yaml->is_list = false;
        yaml->is_tail = true;
        *json = convert(yaml);
        return YAML_OTHER;
    }
    if (slice_equal(slice_trim(line), SLICE("items:"))) {
        begin(yaml);
        yaml->is_list = true;
    } else if (!yaml->is_tail) {
        keep(yaml, line);
    }
    return YAML_MORE;
}

enum yaml_step
yaml_object_read(struct yaml_object *yaml, struct slice line,
                 struct slice *json)
{
    *json = slice_of(NULL, 0);
    if (!yaml->is_open) {
        begin(yaml);
    }
    if (is_item(yaml, line)) {
        bool is_first = yaml->kept.len == 0;
        *json = convert(yaml);
        keep_item(yaml, line);
        return is_first ? YAML_MORE : YAML_OTHER;
    }
    if (is_key(line)) {
        return read_key(yaml, line, json);
    }
    if (line.len > 0 && line.data[0] != ' ' && line.data[0] != '-') {
        *json = yaml_object_stop(yaml);
        return YAML_AGAIN;
    }
    if (slice_starts(line, SLICE("---"))) {
        *json = yaml_object_stop(yaml);
        return YAML_OTHER;
    }
    if (!yaml->is_tail) {
        keep(yaml, line);
    }
    return YAML_MORE;
}

struct slice
yaml_object_stop(struct yaml_object *yaml)
{
    yaml->is_open = false;
    return yaml->is_tail ? slice_of(NULL, 0) : convert(yaml);
}
