/* SPDX-License-Identifier: Apache-2.0 */
#include "match/pack.h"

#include <assert.h>
#include <stdint.h>

/*
 * Behind the mark stands the root. A node is its kind, line and column, its key
 * and then, of a text, its bytes, else the number of its children and all of
 * them as one text, so that they can be passed over. Numbers are of seven bits
 * a byte, the lowest first; a text is its length and its bytes.
 */
static const char mark[] = "\0pack1";

enum {
    MARK_LEN = sizeof(mark) - 1,
    DEPTH_MAX = 32, /* levels; yaml.c allows fewer */
};

struct unpacker {
    struct slice rest;
    const char *const *passed;
    struct arena *arena;
    int depth;
    bool is_bad;
};

static void
add_number(struct buf *out, size_t number)
{
    while (number > 127) {
        buf_add_byte(out, (char)(unsigned char)(number | 128));
        number >>= 7;
    }
    buf_add_byte(out, (char)number);
}

static void
add_text(struct buf *out, struct slice text)
{
    add_number(out, text.len);
    buf_add(out, text);
}

static void
add_node(struct buf *out, const struct yaml *node)
{
    add_number(out, (size_t)node->kind);
    add_number(out, (size_t)node->line);
    add_number(out, (size_t)node->column);
    add_text(out, node->key);
    if (node->kind == YAML_TEXT) {
        add_text(out, node->text);
        return;
    }
    struct buf children = {0};
    for (const struct yaml *at = node->first; at; at = at->next) {
        add_node(&children, at);
    }
    add_number(out, node->count);
    add_text(out, buf_slice(&children));
    buf_free(&children);
}

void
pack_add(struct buf *out, const struct yaml *tree)
{
    buf_add(out, slice_of(mark, MARK_LEN));
    add_node(out, tree);
}

bool
pack_is(struct slice bytes)
{
    return slice_starts(bytes, slice_of(mark, MARK_LEN));
}

static size_t
take_number(struct unpacker *unpacker)
{
    size_t number = 0;
    const char *bytes = unpacker->rest.data;
    for (size_t i = 0; i < unpacker->rest.len && i < 5; i++) {
        number |= (size_t)((unsigned char)bytes[i] & 127) << 7 * i;
        if ((unsigned char)bytes[i] < 128) {
            unpacker->rest = slice_after(unpacker->rest, i + 1);
            return number;
        }
    }
    unpacker->is_bad = true;
    return 0;
}

static struct slice
take_text(struct unpacker *unpacker)
{
    size_t len = take_number(unpacker);
    struct slice text = slice_before(unpacker->rest, len);
    unpacker->is_bad |= text.len < len;
    unpacker->rest = slice_after(unpacker->rest, len);
    return text;
}

static bool
is_passed(const struct unpacker *unpacker, struct slice key)
{
    const char *const *at = unpacker->passed;
    while (at && *at && !slice_equal(key, slice_from(*at))) {
        at++;
    }
    return at && *at && unpacker->depth == 2;
}

static void take_node(struct unpacker *unpacker, struct yaml *node);

static void
take_children(struct unpacker *unpacker, struct yaml *node)
{
    size_t count = take_number(unpacker);
    struct slice behind = unpacker->rest;
    unpacker->rest = take_text(unpacker);
    size_t len = (size_t)(unpacker->rest.data - behind.data);
    behind = slice_after(behind, len + unpacker->rest.len);
    /* Each child takes five bytes at least. */
    unpacker->is_bad |= count > unpacker->rest.len;
    if (!unpacker->is_bad && !is_passed(unpacker, node->key)) {
        struct yaml *children =
            arena_alloc(unpacker->arena, count * sizeof(*children));
        for (size_t i = 0; i < count; i++) {
            take_node(unpacker, &children[i]);
            children[i].next = i + 1 < count ? &children[i + 1] : NULL;
        }
        node->first = count > 0 ? children : NULL;
        node->count = count;
        unpacker->is_bad |= unpacker->rest.len > 0;
    }
    unpacker->rest = behind;
}

static void
take_node(struct unpacker *unpacker, struct yaml *node)
{
    size_t kind = take_number(unpacker);
    unpacker->is_bad |= kind > YAML_MAP || ++unpacker->depth > DEPTH_MAX;
    node->line = (int)take_number(unpacker);
    node->column = (int)take_number(unpacker);
    node->key = take_text(unpacker);
    if (unpacker->is_bad) {
        return;
    }
    node->kind = (enum yaml_kind)kind;
    if (node->kind == YAML_TEXT) {
        node->text = take_text(unpacker);
    } else {
        take_children(unpacker, node);
    }
    unpacker->depth--;
}

const struct yaml *
pack_read(struct slice bytes, const char *const *passed, struct arena *arena)
{
    struct unpacker unpacker = {
        .rest = slice_after(bytes, MARK_LEN),
        .passed = passed,
        .arena = arena,
        .is_bad = !pack_is(bytes),
    };
    struct yaml *root = arena_alloc(arena, sizeof(*root));
    take_node(&unpacker, root);
    return unpacker.is_bad || unpacker.rest.len > 0 ? NULL : root;
}
