/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/inner.h"

#include "wire/object.h"
#include "wire/unescape.h"
#include "wire/value.h"

enum {
    SENTENCE = 16, /* bytes, and a blank: no name, number or time */
};

static bool
is_sentence(struct slice raw)
{
    return (raw.len >= SENTENCE && slice_find_byte(raw, ' ') != SLICE_NONE)
        || object_is_image_reason(raw);
}

/* How long the object or array is, and whether anything in it may speak. */
static size_t
measure(struct slice text, bool *speaks)
{
    size_t depth = 0;
    size_t at = 0;
    *speaks = false;
    while (at < text.len) {
        char byte = text.data[at++];
        if (byte == '"') {
            size_t end = unescape_end(text, at);
            end = end == SLICE_NONE ? text.len : end;
            *speaks = *speaks
                   || is_sentence(slice_after(slice_before(text, end), at));
            at = end < text.len ? end + 1 : end;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']') && --depth == 0) {
            break;
        }
    }
    return at;
}

bool
inner_open(struct inner *inner, struct slice value)
{
    bool speaks;
    (void)measure(value, &speaks);
    *inner = (struct inner){.rest = value_inside(value)};
    return speaks;
}

/* The string that begins the text, whatever brackets are in it. */
static size_t
string_len(struct slice text)
{
    size_t end = unescape_end(text, 1);
    return end == SLICE_NONE ? text.len : end + 1;
}

static void
leave(struct inner *inner)
{
    inner->depth -= inner->depth > 0;
    if (inner->depth + 1 < inner->quiet) {
        inner->quiet = 0;
    }
}

bool
inner_next(struct inner *inner, struct slice *value)
{
    while (inner->rest.len > 0) {
        char byte = inner->rest.data[0];
        bool opens = byte == '{' || byte == '[';
        bool speaks = false;
        size_t len = 1;
        if (opens) {
            len = measure(inner->rest, &speaks);
        } else if (byte == '"') {
            len = string_len(inner->rest);
        } else if (byte == '}' || byte == ']') {
            leave(inner);
        }
        if (speaks && inner->depth < INNER_DEPTH) {
            *value = slice_before(inner->rest, len);
            inner->depth++;
            inner->rest = slice_after(inner->rest, 1);
            return true;
        }
        inner->rest = slice_after(inner->rest, len);
    }
    return false;
}

void
inner_pass(struct inner *inner, struct slice value)
{
    inner->rest = slice_after(inner->rest, value.len - 1);
    leave(inner);
}

void
inner_hush(struct inner *inner)
{
    if (inner->quiet == 0) {
        inner->quiet = inner->depth + 1;
    }
}

bool
inner_is_hushed(const struct inner *inner)
{
    return inner->quiet > 0;
}

struct slice
inner_text(struct slice value)
{
    struct slice rest = value_inside(value);
    struct slice longest = slice_of(NULL, 0);
    struct slice element;
    struct slice raw;
    struct value_member member = {0};
    bool is_object = value_is_object(value);
    while (is_object ? value_next_member(&rest, &member)
                     : value_next_element(&rest, &element)) {
        struct slice text = is_object ? member.value : element;
        struct slice string = text;
        if (text.len > longest.len && unescape_cut(&string, &raw)
            && is_sentence(raw)) {
            longest = text;
        }
    }
    return longest;
}
