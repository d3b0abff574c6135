/* SPDX-License-Identifier: Apache-2.0 */
#include "source/seen.h"

#include <inttypes.h>
#include <stdio.h>

void
seen_write(char out[SEEN_TEXT], const struct seen *seen)
{
    out[0] = '\0';
    if (seen->position > 0) {
        snprintf(out, SEEN_TEXT, "seen:%" PRIu64 ":%" PRIu64, seen->position,
                 seen->hash);
    }
}

struct seen
seen_read(const char *text)
{
    struct slice rest = slice_from(text);
    struct slice position;
    struct seen seen;
    if (!slice_skip(&rest, SLICE("seen:")) || !slice_cut(&rest, ':', &position)
        || !slice_to_u64(position, &seen.position) || seen.position > INT64_MAX
        || !slice_to_u64(rest, &seen.hash)) {
        return (struct seen){0};
    }
    return seen;
}

size_t
seen_length(uint64_t position)
{
    return position < SEEN_BYTES ? (size_t)position : (size_t)SEEN_BYTES;
}

bool
seen_holds(const struct seen *seen, struct slice before)
{
    return before.len == seen_length(seen->position)
        && slice_hash(before, 0) == seen->hash;
}
