/* SPDX-License-Identifier: Apache-2.0 */
#include "match/quote.h"

size_t
quote_run(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] == '\\') {
        len++;
    }
    return len;
}

size_t
quote_len(struct slice text)
{
    size_t run = quote_run(text);
    return run < text.len && text.data[run] == '"' ? run + 1 : 0;
}

/* The lowest bit: of \\" (three bytes), the first two are a backslash. */
size_t
quote_depth(size_t len)
{
    return len & (~len + 1);
}

size_t
quote_end(struct slice text, size_t len)
{
    size_t depth = quote_depth(len);
    size_t from = 0;
    size_t at;
    while ((at = slice_find_byte(slice_after(text, from), '"')) != SLICE_NONE) {
        size_t quote = from + at;
        size_t start = quote;
        while (start > from && text.data[start - 1] == '\\') {
            start--;
        }
        if (quote_depth(quote - start + 1) == depth) {
            return quote + 1 - depth;
        }
        from = quote + 1;
    }
    return SLICE_NONE;
}
