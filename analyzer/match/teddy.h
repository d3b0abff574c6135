/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_TEDDY_H
#define PULLWHY_MATCH_TEDDY_H

/*
 * Finds where one of some windows of TEDDY_WIDTH bytes may stand, 16 or 32
 * places at a time. Each window is in one of eight buckets; for each of its
 * bytes two tables, by the low and the high four bits, say which buckets have
 * such a byte there. It may name places where none stands, and never leaves
 * one out.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEDDY_WIDTH = 4,
    TEDDY_BUCKETS = 8,
};

/* Of a short literal's window the last bytes may be any. */
struct window {
    unsigned char bytes[TEDDY_WIDTH];
    size_t len;
};

enum teddy_way {
    TEDDY_PORTABLE,
    TEDDY_SSSE3,
    TEDDY_AVX2,
    TEDDY_WAYS,
};

/* A bit for each bucket. */
struct teddy {
    uint8_t low[TEDDY_WIDTH][16];
    uint8_t high[TEDDY_WIDTH][16];
};

/* Whether this machine can go that way. */
bool teddy_can(enum teddy_way way);
enum teddy_way teddy_best(void);

/* How often the window stands in logs, of all places; a rough guess. */
double teddy_rate(const struct window *window);

/*
 * Spreads the windows over the buckets, alike to alike, so that few places are
 * named in vain: buckets[i] is that of windows[i].
 */
void teddy_make(struct teddy *teddy, const struct window *windows, size_t count,
                uint8_t *buckets);

/*
 * The first place from `from` on where a window may stand, and the buckets that
 * it may be of; SLICE_NONE if there is none.
 */
size_t teddy_next(const struct teddy *teddy, enum teddy_way way,
                  struct slice text, size_t from, unsigned *buckets);

#endif
