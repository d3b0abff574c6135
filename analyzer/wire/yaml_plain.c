/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/yaml_plain.h"

#include "base/byte.h"
#include "wire/shape.h"

#include <string.h>

/* One line, taken apart: "  - key: value". */
struct part {
    size_t indent;      /* of the key, or of the text of an item */
    bool is_item;       /* at least one "- " stands before it */
    struct slice key;   /* empty: an item that is a text */
    struct slice value; /* empty: what is below is the value */
};

static bool
is_key_byte(char byte)
{
    return byte_is(byte, BYTE_ALNUM) || byte == '.' || byte == '-'
        || byte == '_' || byte == '/';
}

static bool
is_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') { /* signed or not */
            return false;
        }
    }
    return true;
}

/* A text in quotes that stand at its ends alone, with no escape in it. */
static bool
is_quoted(struct slice value)
{
    char quote = value.data[0];
    struct slice inside = slice_after(slice_before(value, value.len - 1), 1);
    return value.len >= 2 && value.data[value.len - 1] == quote
        && slice_find_byte(inside, quote) == SLICE_NONE
        && (quote == '\'' || slice_find_byte(inside, '\\') == SLICE_NONE);
}

static bool
is_simple(struct slice value)
{
    if (value.len == 0 || slice_equal(value, SLICE("{}"))
        || slice_equal(value, SLICE("[]"))) {
        return true;
    }
    if (value.data[0] == '"' || value.data[0] == '\'') {
        return is_quoted(value);
    }
    bool is_dash =
        value.data[0] == '-' && (value.len == 1 || value.data[1] == ' ');
    return !is_dash && !strchr("|>&*!%@`{}[],#?:", value.data[0]);
}

/* How much stands before a key or text: blanks, and "- " for each item. */
static size_t
lead_of(struct slice line, bool *is_item)
{
    size_t at = 0;
    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '-')) {
        bool is_dash = line.data[at] == '-';
        if (is_dash && (at + 1 == line.len || line.data[at + 1] != ' ')) {
            break;
        }
        *is_item |= is_dash;
        at++;
    }
    return at;
}

static bool
read_key(struct slice rest, struct part *part)
{
    size_t len = 0;
    while (len < rest.len && is_key_byte(rest.data[len])) {
        len++;
    }
    struct slice behind = slice_after(rest, len);
    if (len == 0 || !slice_skip(&behind, SLICE(":"))
        || (behind.len > 0 && !slice_skip(&behind, SLICE(" ")))) {
        return false;
    }
    part->key = slice_before(rest, len);
    part->value = behind;
    return true;
}

/* False: it is anything else, or may go on in the next line. */
static bool
read_line(struct slice line, struct part *part)
{
    *part = (struct part){.is_item = false};
    part->indent = lead_of(line, &part->is_item);
    struct slice rest = slice_after(line, part->indent);
    if (!read_key(rest, part)) {
        if (!part->is_item || rest.len == 0) {
            return false;
        }
        part->value = rest;
    }
    return is_printable(line) && is_simple(part->value);
}

/* How the value of a key begins, if it were JSON; `below` is the next line. */
static char
first_of(const struct part *part, const struct part *below)
{
    if (slice_starts(part->value, SLICE("'"))) {
        return '"';
    }
    if (part->value.len > 0) {
        return part->value.data[0];
    }
    if (below->is_item) {
        return '[';
    }
    return below->indent > part->indent ? '{' : 'n';
}

bool
yaml_plain_is_cluster(struct slice text)
{
    struct shape shape = {.depth = 1};
    struct shape_seen seen = {0};
    struct part part;
    struct part below;
    struct slice line;
    if (!slice_cut(&text, '\n', &line) || !read_line(line, &below)) {
        return false;
    }
    size_t edge = below.indent;
    for (bool has_more = true; has_more;) {
        part = below;
        has_more = slice_cut(&text, '\n', &line);
        below = (struct part){.indent = edge};
        if (has_more && !read_line(line, &below)) {
            return false;
        }
        if (part.indent == edge && part.key.len > 0 && !part.is_item) {
            shape.key = part.key;
            shape_value(&shape, shape.depth, first_of(&part, &below));
        }
    }
    shape_see(&seen, shape.traits);
    return text.len == 0 && shape_is_cluster(&seen);
}
