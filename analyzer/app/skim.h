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

enum {
    SKIM_RUNS = 1024,
};

/* Lines that can be passed over, next to each other; places in their chunk. */
struct skim_run {
    size_t start;
    size_t end;
    uint64_t lines;
};

/* What is known of a chunk beforehand. */
struct skim_runs {
    struct slice chunk;
    size_t end;    /* nothing is known of what is behind it */
    size_t passed; /* bytes that were passed over; whoever skims counts them */
    size_t count;
    struct skim_run run[SKIM_RUNS];
};

/* Of one chunk; large, and only what skim_begin() sets is set. */
struct skim {
    const struct classifier *classifier;
    struct alike *alike;
    struct slice chunk;
    struct skim_runs *runs; /* of the chunk; NULL: nothing is known yet */
    size_t next_run;
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

/* Then: these were found in the same chunk before. */
void skim_know(struct skim *skim, struct skim_runs *runs);

/*
 * Finds all runs of a chunk that begins anywhere in a line. The classifier is
 * only looked at, so that many threads may share it, each with an alike of its
 * own: what that says does not depend on what it saw before.
 */
void skim_foresee(const struct classifier *classifier, struct alike *alike,
                  struct slice chunk, struct skim_runs *runs);

/*
 * From the start of `rest`, which is what is left of the chunk, less from call
 * to call. `is_keeping`: the decoder keeps the line before.
 */
struct leap skim_leap(struct skim *skim, struct slice rest, bool is_keeping);

/* Behind the line at the place, or the chunk's end. */
size_t skim_next_line(struct slice chunk, size_t at);

/* Whether one line can be passed over, with what is behind it in the chunk. */
bool skim_passes(const struct skim *skim, struct slice line,
                 struct slice behind, bool is_keeping);

#endif
