/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_PROVE_H
#define PULLWHY_MATCH_PROVE_H

/*
 * Proves a catalogue against its own samples: each sample is caught by its
 * cause and no other, gives the facts that it promises, each pattern catches a
 * sample, and no reject is caught.
 */

#include "base/slice.h"
#include "match/catalog.h"

#include <stddef.h>
#include <stdint.h>

/* Called for each thing that is wrong; `row` is a line of `file`, from 1. */
typedef void prove_sink(void *ctx, struct slice file, int row,
                        const char *what);

struct proof {
    size_t causes;
    size_t looks;
    size_t samples;
    size_t rejects;
    size_t faults;
};

/* `now` dates samples that have no year. */
void prove_catalog(const struct catalog *catalog, int64_t now, prove_sink *sink,
                   void *ctx, struct proof *proof);

/*
 * What texts that are made of a pattern's own words cost it: a line that somebody
 * writes for the purpose shall not hold up the stream. Counted in steps, so it
 * is the same on any machine; adds to the proof's faults.
 */
void prove_costs(const struct catalog *catalog, prove_sink *sink, void *ctx,
                 struct proof *proof);

#endif
