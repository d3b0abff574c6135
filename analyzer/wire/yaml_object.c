/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/yaml_object.h"

#include "wire/yaml_plain.h"

#include <libfyaml.h>
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
    if (line.len == 0 || line.data[0] == ' ' || !slice_cut(&line, ':', &key)
        || (line.len > 0 && line.data[0] != ' ')) {
        return false;
    }
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (slice_equal(key, slice_from(keys[i]))) {
            return true;
        }
    }
    return false;
}

/* What YAML means by a number is nearly what JSON does; the rest is a text. */
static bool
is_word(struct slice text)
{
    bool is_number = text.len > 0 && (text.data[0] != '0' || text.len == 1);
    for (size_t i = 0; i < text.len; i++) {
        is_number = is_number && text.data[i] >= '0' && text.data[i] <= '9';
    }
    return is_number || slice_equal(text, SLICE("null"))
        || slice_equal(text, SLICE("true"))
        || slice_equal(text, SLICE("false"));
}

static void
add_scalar(struct fy_node *node, struct buf *out)
{
    size_t len = 0;
    const char *data = fy_node_get_scalar(node, &len);
    struct slice text = slice_of(data, data ? len : 0);
    enum fy_node_style style = fy_node_get_style(node);
    bool is_plain = style == FYNS_PLAIN;
    bool is_null = is_plain && (text.len == 0 || slice_equal(text, SLICE("~")));
    if (style == FYNS_ALIAS || is_null) {
        buf_add_text(out, "null"); /* kubectl writes no alias */
    } else if (is_plain && is_word(text)) {
        buf_add(out, text);
    } else {
        buf_add_json(out, text);
    }
}

static void add_node(struct fy_node *node, size_t depth, struct buf *out);

static void
add_sequence(struct fy_node *node, size_t depth, struct buf *out)
{
    void *at = NULL;
    struct fy_node *item;
    const char *before = "[";
    while ((item = fy_node_sequence_iterate(node, &at))) {
        buf_add_text(out, before);
        add_node(item, depth, out);
        before = ", ";
    }
    buf_add_text(out, *before == '[' ? "[]" : "]");
}

static void
add_mapping(struct fy_node *node, size_t depth, struct buf *out)
{
    void *at = NULL;
    struct fy_node_pair *pair;
    const char *before = "{";
    while ((pair = fy_node_mapping_iterate(node, &at))) {
        size_t len = 0;
        struct fy_node *key = fy_node_pair_key(pair);
        const char *name = key && fy_node_is_scalar(key)
                             ? fy_node_get_scalar(key, &len)
                             : NULL;
        buf_add_text(out, before);
        buf_add_json(out, slice_of(name, name ? len : 0));
        buf_add_text(out, ": ");
        add_node(fy_node_pair_value(pair), depth, out);
        before = ", ";
    }
    buf_add_text(out, *before == '{' ? "{}" : "}");
}

/* The library's parser goes no deeper than this either. */
static void
add_node(struct fy_node *node, size_t depth, struct buf *out)
{
    enum {
        DEPTH_MAX = 64
    };

    if (!node || depth == DEPTH_MAX) {
        buf_add_text(out, "null");
    } else if (fy_node_is_sequence(node)) {
        add_sequence(node, depth + 1, out);
    } else if (fy_node_is_mapping(node)) {
        add_mapping(node, depth + 1, out);
    } else {
        add_scalar(node, out);
    }
}

/*
 * Adds the text as JSON, or nothing if it is no YAML. The library would write
 * its complaints to stderr; collected, they are thrown away. Its own way to
 * write JSON is not used: it crashes on "message: |" with nothing below.
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
    if (document) {
        add_node(fy_document_root(document), 0, out);
    }
    fy_document_destroy(document);
    fy_diag_destroy(diag);
}

static bool
may_matter(const struct yaml_object *yaml, struct slice text)
{
    return !yaml->matters || yaml->matters(yaml->ctx, text)
        || !yaml_plain_is_cluster(text);
}

/* What is kept, as JSON; empty if it is no YAML, or of no interest. */
static struct slice
convert(struct yaml_object *yaml)
{
    struct slice kept = buf_slice(&yaml->kept);
    buf_clear(&yaml->json);
    if (kept.len > 0 && !yaml->is_long && may_matter(yaml, kept)) {
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
    size_t dash = slice_indent(line);
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
    size_t indent = slice_indent(line);
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
