/* SPDX-License-Identifier: Apache-2.0 */
#include "source/cursor.h"

#include <string.h>

static bool
skip_mark(struct slice *line, struct slice mark)
{
    *line = slice_trim(*line);
    return slice_skip(line, mark);
}

static struct slice
last_line(struct slice lines)
{
    if (slice_ends(lines, SLICE("\n"))) {
        lines.len--;
    }
    size_t newline = slice_find_last(lines, '\n');
    return newline == SLICE_NONE ? lines : slice_after(lines, newline + 1);
}

/* Within a value the quotes of the key would have backslashes before them. */
bool
cursor_find(struct slice lines, char found[SOURCE_CURSOR])
{
    struct slice line = last_line(lines);
    struct slice text;
    if (!slice_cut_text(&line, SLICE("\"__CURSOR\""), &text)
        || !skip_mark(&line, SLICE(":")) || !skip_mark(&line, SLICE("\""))
        || !slice_cut(&line, '"', &text) || text.len == 0
        || text.len >= SOURCE_CURSOR
        || slice_find_byte(text, '\\') != SLICE_NONE) {
        return false;
    }
    memcpy(found, text.data, text.len);
    found[text.len] = '\0';
    return true;
}
