/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/breaks.h"

#include "base/byte.h"
#include "wire/unescape.h"

enum {
    BLANKS = 16, /* at most, behind a bracket */
};

/* Whether a key's array of objects, or of arrays, begins at the bracket. */
static bool
is_member(struct slice text, size_t bracket)
{
    struct slice before = slice_trim(slice_before(text, bracket));
    struct slice behind = slice_trim(
        slice_before(slice_after(text, bracket + 1), (size_t)BLANKS));
    return slice_ends(before, SLICE(":"))
        && (slice_starts(behind, SLICE("{"))
            || slice_starts(behind, SLICE("[")))
        && slice_ends(slice_trim(slice_before(before, before.len - 1)),
                      SLICE("\""));
}

/* `"items":[{` or `[[`, with blanks between or not, whatever the name is. */
static bool
has_list(struct slice text)
{
    size_t at = 0;
    for (;;) {
        size_t next = slice_find_byte(slice_after(text, at), '[');
        if (next == SLICE_NONE) {
            return false;
        }
        at += next;
        if (is_member(text, at)) {
            return true;
        }
        at++;
    }
}

bool
breaks_suit(struct slice text)
{
    struct slice rest = slice_trim(slice_before(text, 64));
    if (slice_skip(&rest, SLICE("["))) {
        return slice_starts(slice_trim(rest), SLICE("{"));
    }
    return slice_starts(rest, SLICE("{")) && has_list(text);
}

/* "},{" or "],[", with blanks or not, around the comma at `at`. */
static bool
is_break(struct slice text, size_t at)
{
    size_t before = at;
    size_t behind = at + 1;
    while (before > 0 && byte_is_blank(text.data[before - 1])) {
        before--;
    }
    while (behind < text.len && byte_is_blank(text.data[behind])) {
        behind++;
    }
    if (before == 0 || behind == text.len) {
        return false;
    }
    return (text.data[before - 1] == '}' && text.data[behind] == '{')
        || (text.data[before - 1] == ']' && text.data[behind] == '[');
}

/* Behind the last one from `from` to `end`, between two strings, or `otherwise`. */
static size_t
last_between(struct slice text, size_t from, size_t end, size_t otherwise)
{
    for (size_t at = end; at > from; at--) {
        if (text.data[at - 1] == ',' && is_break(text, at - 1)) {
            return at;
        }
    }
    return otherwise;
}

size_t
breaks_last(struct slice text)
{
    size_t found = SLICE_NONE;
    size_t at = 0; /* in no string */
    while (at < text.len) {
        size_t quote = slice_find_byte(slice_after(text, at), '"');
        size_t end = quote == SLICE_NONE ? text.len : at + quote;
        found = last_between(text, at, end, found);
        size_t close = unescape_end(text, end + 1);
        at = close == SLICE_NONE ? text.len : close + 1;
    }
    return found;
}
