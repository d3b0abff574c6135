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
#include "wire/alike.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one chunk; large, and only what skim_begin() sets is set. */
struct skim {
    const struct classifier *classifier;
    struct alike *alike;
    struct slice chunk;
    struct needle_block block; /* the piece of it that was read last */
    size_t next_end;           /* of the block's newlines the next one */
    size_t limit; /* what may matter next in it, or its end; in the chunk */
};

/* How much can be passed over: whole lines. */
struct leap {
    size_t bytes;
    uint64_t lines;
};

void skim_begin(struct skim *skim, const struct classifier *classifier,
                struct alike *alike, struct slice chunk);

/*
 * From the start of `rest`, which is what is left of the chunk, less from call
 * to call. `is_keeping`: the decoder keeps the line before.
 */
struct leap skim_leap(struct skim *skim, struct slice rest, bool is_keeping);

/* Whether one line can be passed over, with what is behind it in the chunk. */
bool skim_passes(const struct skim *skim, struct slice line,
                 struct slice behind, bool is_keeping);

#endif
