/* SPDX-License-Identifier: Apache-2.0 */
#include "match/yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    DEPTH_MAX = 16, /* levels; a pattern file has seven */
};

struct reader {
    struct arena *arena;
    struct fault *fault;
    int depth;
};

static struct yaml *read_node(struct reader *reader, struct fy_node *node);

static bool
place_of(struct fy_node *node, int *line, int *column)
{
    struct fy_token *token = fy_node_get_scalar_token(node);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark) {
        return false;
    }
    *line = mark->line + 1;
    *column = mark->column + 1;
    return true;
}

static void
add_child(struct yaml *parent, struct yaml **last, struct yaml *child)
{
    if (*last) {
        (*last)->next = child;
    } else {
        parent->first = child;
    }
    *last = child;
    parent->count++;
}

static bool
read_list(struct reader *reader, struct fy_node *node, struct yaml *out)
{
    struct yaml *last = NULL;
    struct fy_node *item;
    void *at = NULL;
    while ((item = fy_node_sequence_iterate(node, &at))) {
        struct yaml *child = read_node(reader, item);
        if (!child) {
            return false;
        }
        if (out->line == 0) {
            out->line = child->line;
            out->column = child->column;
        }
        add_child(out, &last, child);
    }
    return true;
}

static bool
read_map(struct reader *reader, struct fy_node *node, struct yaml *out)
{
    struct yaml *last = NULL;
    struct fy_node_pair *pair;
    void *at = NULL;
    while ((pair = fy_node_mapping_iterate(node, &at))) {
        struct fy_node *key = fy_node_pair_key(pair);
        struct yaml *child = read_node(reader, fy_node_pair_value(pair));
        size_t len = 0;
        if (!child) {
            return false;
        }
        if (!key || !fy_node_is_scalar(key)) {
            return yaml_fault(child, reader->fault, "a key must be a word");
        }
        const char *text = fy_node_get_scalar(key, &len);
        child->key = arena_copy(reader->arena, slice_of(text, len));
        place_of(key, &child->line, &child->column);
        if (out->line == 0) {
            out->line = child->line;
            out->column = child->column;
        }
        add_child(out, &last, child);
    }
    return true;
}

static bool
read_text(struct reader *reader, struct fy_node *node, struct yaml *out)
{
    size_t len = 0;
    place_of(node, &out->line, &out->column);
    if (fy_node_is_alias(node)) {
        return yaml_fault(out, reader->fault,
                          "aliases (*name) are not allowed here");
    }
    const char *text = fy_node_get_scalar(node, &len);
    out->text = arena_copy(reader->arena, slice_of(text, text ? len : 0));
    return true;
}

static struct yaml *
read_node(struct reader *reader, struct fy_node *node)
{
    struct yaml *out = arena_alloc(reader->arena, sizeof(*out));
    bool ok = true;
    if (!node) { /* "key:" with nothing behind it */
        return out;
    }
    if (++reader->depth > DEPTH_MAX) {
        yaml_fault(out, reader->fault, "nested deeper than %d levels",
                   DEPTH_MAX);
        return NULL;
    }
    if (fy_node_is_mapping(node)) {
        out->kind = YAML_MAP;
        ok = read_map(reader, node, out);
    } else if (fy_node_is_sequence(node)) {
        out->kind = YAML_LIST;
        ok = read_list(reader, node, out);
    } else {
        ok = read_text(reader, node, out);
    }
    reader->depth--;
    return ok ? out : NULL;
}

static void
take_diag(struct fy_diag *diag, struct fault *fault)
{
    void *at = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &at);
    if (error && error->msg) {
        fault_set(fault, FAULT_INPUT, 0, "%d:%d: %s", error->line,
                  error->column, error->msg);
        return;
    }
    fault_set(fault, FAULT_INPUT, 0, "1:1: not a YAML document");
}

static const struct yaml *
parse(struct slice text, enum fy_parse_cfg_flags flags, struct arena *arena,
      struct fault *fault)
{
    struct reader reader = {.arena = arena, .fault = fault};
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.colorize = false;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_PARSE | flags,
        .diag = diag,
    };
    const struct yaml *root = NULL;
    struct fy_document *document =
        fy_document_build_from_string(&cfg, text.data, text.len);
    if (!document) {
        take_diag(diag, fault);
    } else if (!fy_document_root(document)) {
        fault_set(fault, FAULT_INPUT, 0, "1:1: the file is empty");
    } else {
        root = read_node(&reader, fy_document_root(document));
    }
    fy_document_destroy(document);
    fy_diag_destroy(diag);
    return root;
}

const struct yaml *
yaml_parse(struct slice text, struct arena *arena, struct fault *fault)
{
    return parse(text, (enum fy_parse_cfg_flags)0, arena, fault);
}

const struct yaml *
yaml_parse_twins(struct slice text, struct arena *arena, struct fault *fault)
{
    return parse(text, FYPCF_ALLOW_DUPLICATE_KEYS, arena, fault);
}

const struct yaml *
yaml_get(const struct yaml *map, const char *key)
{
    struct slice name = slice_from(key);
    if (!map || map->kind != YAML_MAP) {
        return NULL;
    }
    for (const struct yaml *child = map->first; child; child = child->next) {
        if (slice_equal(child->key, name)) {
            return child;
        }
    }
    return NULL;
}

bool
yaml_fault(const struct yaml *node, struct fault *fault, const char *format,
           ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return fault_set(fault, FAULT_INPUT, 0, "%d:%d: %s",
                     node && node->line > 0 ? node->line : 1,
                     node && node->column > 0 ? node->column : 1, text);
}
