/* SPDX-License-Identifier: Apache-2.0 */
#include "source/whole.h"

void
whole_begin(struct whole *whole)
{
    buf_clear(&whole->torn);
    whole->handed = 0;
}

void
whole_free(struct whole *whole)
{
    buf_free(&whole->torn);
}

/* How much of the text is whole. */
static size_t
find_end(const struct whole *whole, struct slice text)
{
    struct slice end = slice_from(whole->end);
    size_t newline;
    while ((newline = slice_find_last(text, '\n')) != SLICE_NONE) {
        if (slice_ends(slice_before(text, newline + 1), end)) {
            return newline + 1;
        }
        text = slice_before(text, newline);
    }
    return 0;
}

struct slice
whole_take(struct whole *whole, struct slice bytes)
{
    buf_drop(&whole->torn, whole->handed);
    whole->handed = 0;
    if (whole->torn.len == 0) {
        size_t end = find_end(whole, bytes);
        buf_add(&whole->torn, slice_after(bytes, end));
        return slice_before(bytes, end);
    }
    buf_add(&whole->torn, bytes);
    struct slice text = buf_slice(&whole->torn);
    whole->handed = find_end(whole, text);
    if (whole->handed == 0 && text.len > WHOLE_MAX) {
        whole->handed = text.len;
    }
    return slice_before(text, whole->handed);
}
