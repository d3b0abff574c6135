/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/breaks.h"

#include "base/byte.h"
#include "wire/escapes.h"

#include <string.h>

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

/* Whether the text has an odd number of quotes that are not escaped. */
static bool
is_odd(struct slice text)
{
    uint64_t sum = 0; /* of each place in a step, without carries */
    uint64_t goes_on = 0;
    for (size_t at = 0; at < text.len; at += ESCAPES_STEP) {
        char last[ESCAPES_STEP] = {0};
        const char *step = text.data + at;
        if (text.len - at < ESCAPES_STEP) {
            memcpy(last, step, text.len - at);
            step = last;
        }
        sum ^= escapes_where(step, '"')
             & ~escapes_of(escapes_where(step, '\\'), &goes_on);
    }
    return __builtin_parityll(sum);
}

/* The comma of the last break before `end`; SLICE_NONE if there is none. */
static size_t
comma_before(struct slice text, size_t end)
{
    for (size_t at = end; at > 0; at--) {
        if (text.data[at - 1] == ',' && is_break(text, at - 1)) {
            return at - 1;
        }
    }
    return SLICE_NONE;
}

/* From the end on; what is passed over is read once more to know its quotes. */
size_t
breaks_last(struct slice text)
{
    size_t comma = comma_before(text, text.len);
    bool is_inside = comma != SLICE_NONE && is_odd(slice_before(text, comma));
    while (is_inside) {
        size_t end = comma;
        comma = comma_before(text, end);
        is_inside = comma != SLICE_NONE
                 && !is_odd(slice_after(slice_before(text, end), comma));
    }
    return comma == SLICE_NONE ? SLICE_NONE : comma + 1;
}
