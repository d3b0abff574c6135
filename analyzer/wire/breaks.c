/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/breaks.h"

#include "base/byte.h"
#include "wire/unescape.h"

/* `"items":[`, with blanks between or not. */
static bool
has_items(struct slice text)
{
    struct slice head;
    while (slice_cut_text(&text, SLICE("\"items\""), &head)) {
        struct slice rest = slice_trim(slice_before(text, 16));
        if (slice_skip(&rest, SLICE(":"))
            && slice_starts(slice_trim(rest), SLICE("["))) {
            return true;
        }
    }
    return false;
}

bool
breaks_suit(struct slice text)
{
    struct slice rest = slice_trim(slice_before(text, 64));
    if (slice_skip(&rest, SLICE("["))) {
        return slice_starts(slice_trim(rest), SLICE("{"));
    }
    return slice_starts(rest, SLICE("{")) && has_items(text);
}

/* "},{", with blanks or not, around the comma at `at`. */
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
    return before > 0 && text.data[before - 1] == '}' && behind < text.len
        && text.data[behind] == '{';
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
