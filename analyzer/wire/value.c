/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/value.h"

#include "wire/unescape.h"

#include <assert.h>
#include <string.h>

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* How many blanks stand there; most are those that a line is indented by. */
static size_t
blanks_len(struct slice text, size_t from)
{
    static const char indent[] = "        ";
    size_t at = from;
    while (at < text.len && is_blank(text.data[at])) {
        at++;
        while (text.len - at >= sizeof(indent) - 1
               && memcmp(text.data + at, indent, sizeof(indent) - 1) == 0) {
            at += sizeof(indent) - 1;
        }
    }
    return at - from;
}

static struct slice
skip_blanks(struct slice text)
{
    return slice_after(text, blanks_len(text, 0));
}

static bool
begins(struct slice text, char byte)
{
    return text.len > 0 && text.data[0] == byte;
}

bool
value_is_object(struct slice value)
{
    return begins(value, '{');
}

bool
value_is_array(struct slice value)
{
    return begins(value, '[');
}

bool
value_is_string(struct slice value)
{
    return begins(value, '"');
}

struct slice
value_inside(struct slice value)
{
    if (!value_is_object(value) && !value_is_array(value)) {
        return slice_of(NULL, 0);
    }
    char close = value_is_object(value) ? '}' : ']';
    value = slice_after(value, 1);
    if (value.len > 0 && value.data[value.len - 1] == close) {
        value.len--;
    }
    return value;
}

/* How long the string at the start is, with its quotes. */
static size_t
string_len(struct slice text)
{
    size_t end = unescape_end(text, 1);
    return end == SLICE_NONE ? text.len : end + 1;
}

size_t
value_bracketed_len(struct slice text)
{
    size_t depth = 0;
    size_t at = 0;
    while (at < text.len) {
        char byte = text.data[at];
        if (byte == '"') {
            at += string_len(slice_after(text, at));
            continue;
        }
        at++;
        if (byte == '\n') {
            at += blanks_len(text, at);
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']') && --depth == 0) {
            return at;
        }
    }
    return text.len;
}

static size_t
word_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && !is_blank(text.data[len]) && text.data[len] != ','
           && text.data[len] != '}' && text.data[len] != ']') {
        len++;
    }
    return len;
}

static size_t
value_len(struct slice text)
{
    if (value_is_string(text)) {
        return string_len(text);
    }
    if (value_is_object(text) || value_is_array(text)) {
        return value_bracketed_len(text);
    }
    return word_len(text);
}

/* Takes off what may stand before an element. */
static struct slice
skip_comma(struct slice text)
{
    text = skip_blanks(text);
    return begins(text, ',') ? skip_blanks(slice_after(text, 1)) : text;
}

bool
value_next_element(struct slice *rest, struct slice *value)
{
    struct slice text = skip_comma(*rest);
    size_t len = value_len(text);
    if (len == 0) {
        *rest = slice_after(text, text.len);
        return false;
    }
    *value = slice_before(text, len);
    *rest = slice_after(text, len);
    return true;
}

bool
value_next_member(struct slice *rest, struct value_member *member)
{
    struct slice value;
    struct slice text = skip_comma(*rest);
    if (!unescape_cut(&text, &member->key)) {
        value_next_element(rest, &value); /* whatever it is */
        return false;
    }
    *rest = text;
    text = skip_blanks(text);
    if (!slice_skip(&text, SLICE(":"))) {
        return false;
    }
    text = skip_blanks(text);
    if (begins(text, ',') || !value_next_element(&text, &value)) {
        return false;
    }
    member->value = value;
    *rest = text;
    return true;
}

/* Puts the member's value where its name stands, if that is still empty. */
static void
keep_first(const struct value_member *member, const char *const names[],
           struct slice values[], size_t count)
{
    char first = '\0';
    if (member->key.len > 0) {
        first = member->key.data[0];
    }
    for (size_t i = 0; i < count; i++) {
        if (names[i][0] == first && values[i].len == 0
            && slice_equal(member->key, slice_from(names[i]))) {
            values[i] = member->value;
        }
    }
}

void
value_pick(struct slice object, const char *const names[],
           struct slice values[], size_t count)
{
    struct slice rest = value_inside(object);
    struct value_member member;
    for (size_t i = 0; i < count; i++) {
        values[i] = slice_of(NULL, 0);
    }
    while (value_is_object(object) && value_next_member(&rest, &member)) {
        keep_first(&member, names, values, count);
    }
}

struct slice
value_text(struct slice value, struct buf *scratch)
{
    struct slice raw;
    if (unescape_cut(&value, &raw)) {
        return unescape_once(raw, scratch);
    }
    if (value_is_object(value) || value_is_array(value)
        || slice_equal(value, SLICE("null"))) {
        return slice_of(NULL, 0);
    }
    return value;
}

struct slice
value_bytes(struct slice array, struct buf *scratch)
{
    struct slice rest = value_inside(array);
    struct slice value;
    uint64_t byte;
    size_t from = scratch->len;
    while (value_next_element(&rest, &value) && slice_to_u64(value, &byte)
           && byte < 256) {
        assert(scratch->len < scratch->size);
        scratch->data[scratch->len++] = (char)(unsigned char)byte;
    }
    return slice_of(scratch->data + from, scratch->len - from);
}

bool
value_u64(struct slice value, uint64_t *number)
{
    struct slice raw;
    if (unescape_cut(&value, &raw)) {
        value = raw;
    }
    return slice_to_u64(value, number);
}
