/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/inner.h"

#include "wire/object.h"
#include "wire/unescape.h"
#include "wire/value.h"

enum {
    SENTENCE = 16, /* bytes, and a blank: no name, number or time */
};

void
inner_open(struct inner *inner, struct slice value)
{
    *inner = (struct inner){.rest = value_inside(value)};
}

/* The string that begins the text is no bracket, whatever is in it. */
static struct slice
behind_string(struct slice text)
{
    size_t end = unescape_end(text, 1);
    return slice_after(text, end == SLICE_NONE ? text.len : end + 1);
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
        if (byte == '"') {
            inner->rest = behind_string(inner->rest);
            continue;
        }
        if (opens && inner->depth == INNER_DEPTH) {
            inner->rest =
                slice_after(inner->rest, value_bracketed_len(inner->rest));
            continue;
        }
        if (opens) {
            *value =
                slice_before(inner->rest, value_bracketed_len(inner->rest));
            inner->depth++;
            inner->rest = slice_after(inner->rest, 1);
            return true;
        }
        if (byte == '}' || byte == ']') {
            leave(inner);
        }
        inner->rest = slice_after(inner->rest, 1);
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

static bool
is_sentence(struct slice string)
{
    struct slice raw;
    return unescape_cut(&string, &raw)
        && ((raw.len >= SENTENCE && slice_find_byte(raw, ' ') != SLICE_NONE)
            || object_is_image_reason(raw));
}

struct slice
inner_text(struct slice value)
{
    struct slice rest = value_inside(value);
    struct slice longest = slice_of(NULL, 0);
    struct slice element;
    struct value_member member = {0};
    bool is_object = value_is_object(value);
    while (is_object ? value_next_member(&rest, &member)
                     : value_next_element(&rest, &element)) {
        struct slice text = is_object ? member.value : element;
        if (value_is_string(text) && text.len > longest.len
            && is_sentence(text)) {
            longest = text;
        }
    }
    return longest;
}
