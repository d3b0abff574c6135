/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_SKIM_H
#define PULLWHY_APP_SKIM_H

/*
 * Finds the lines of a chunk that need not be decoded. A line is passed over
 * only if it holds nothing that may matter, stands for itself, and what follows
 * is no rest of it; all else goes the long way, with the same result.
 */

#include "base/slice.h"
#include "match/classify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Init with {0}, again for each chunk. */
struct skim {
    const struct classifier *classifier;
    const char *next; /* what may matter, in the chunk; NULL: not yet sought */
    const char *end;  /* up to here it was sought */
};

/* How much can be passed over: whole lines. */
struct leap {
    size_t bytes;
    uint64_t lines;
};

/*
 * From the start of `rest`, which is what is left of the chunk. `is_keeping`:
 * the decoder keeps the line before.
 */
struct leap skim_leap(struct skim *skim, struct slice rest, bool is_keeping);

/* Whether one line can be passed over, with what is behind it in the chunk. */
bool skim_passes(const struct skim *skim, struct slice line,
                 struct slice behind, bool is_keeping);

#endif
