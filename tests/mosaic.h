/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_MOSAIC_H
#define PULLWHY_TESTS_MOSAIC_H

/*
 * Texts laid of pieces that mean something, in an order made at random, the same
 * each time: what no sample has stands beside each other in them.
 */

#include "base/buf.h"

#include <stdint.h>

struct mosaic {
    const char *const *pieces;
    size_t count;
    uint64_t seed;
};

static inline size_t
mosaic_below(struct mosaic *mosaic, size_t limit)
{
    mosaic->seed = mosaic->seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(mosaic->seed >> 33) % limit;
}

/* Replaces *text; some are of few pieces, and long. */
static inline void
mosaic_lay(struct mosaic *mosaic, struct buf *text)
{
    enum {
        FEW = 4,
        LONG = 9000,
        SHORT = 300
    };

    size_t few[FEW];
    size_t chance = mosaic_below(mosaic, 40);
    size_t len = mosaic_below(mosaic, chance == 0 ? LONG : SHORT);
    for (size_t i = 0; i < FEW; i++) {
        few[i] = mosaic_below(mosaic, mosaic->count);
    }
    buf_clear(text);
    while (text->len < len) {
        size_t piece = chance < 10 ? few[mosaic_below(mosaic, FEW)]
                                   : mosaic_below(mosaic, mosaic->count);
        buf_add_text(text, mosaic->pieces[piece]);
    }
}

#endif
