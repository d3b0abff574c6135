/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_TEDDY_H
#define PULLWHY_MATCH_TEDDY_H

/*
 * Finds where one of some windows of TEDDY_WIDTH bytes may stand, and all
 * newlines on the way, TEDDY_STEP bytes at a time. Each window is in one of
 * eight buckets; for each of its bytes two tables, by its bits 0 to 3 and 3 to
 * 6, say which buckets have such a byte there, or one, by its bits 0 to 6, where
 * the machine can look up that many. Windows that begin with no ASCII are in
 * none: any such byte is a place of theirs. Places are marked in vain, which a
 * filter then tells at the cost of one look; none is left out.
 */

#include "base/slice.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    TEDDY_WIDTH = 4,
    TEDDY_BUCKETS = 8,
    TEDDY_BYTES = 128, /* those of ASCII */
    TEDDY_STEP = 64,
    TEDDY_STEPS = 128, /* of a block, which stays in the cache then */
    TEDDY_BLOCK = TEDDY_STEPS * TEDDY_STEP,
    TEDDY_FILTER = 4096, /* bits; a power of two */
    TEDDY_SHORTS = 1024, /* likewise */
};

/* Of a short literal's window the last bytes may be any. */
struct window {
    unsigned char bytes[TEDDY_WIDTH];
    size_t len;
    uint8_t bucket; /* TEDDY_BUCKETS: in none, as its first byte is no ASCII */
};

enum teddy_way {
    TEDDY_PORTABLE,
    TEDDY_NEON,
    TEDDY_SSSE3,
    TEDDY_AVX2,
    TEDDY_AVX512, /* with VBMI */
    TEDDY_WAYS,
};

struct teddy {
    uint8_t low[TEDDY_WIDTH][16]; /* a bit for each bucket */
    uint8_t high[TEDDY_WIDTH][16];
    uint8_t whole[TEDDY_WIDTH][TEDDY_BYTES];
    uint64_t filter[TEDDY_FILTER / 64]; /* of whole windows, by their hash */
    uint64_t shorts[TEDDY_SHORTS / 64]; /* of what short ones begin with */
};

/* Whether this machine can go that way. */
bool teddy_can(enum teddy_way way);
enum teddy_way teddy_best(void);

/*
 * Spreads the windows over the buckets, so that few places of usual lines are
 * marked in vain: the best of so many tries, of which each takes milliseconds.
 */
void teddy_plan(struct window *windows, size_t count, size_t tries);

/* Of windows that have a bucket; the ASCII ones must be in one. */
void teddy_make(struct teddy *teddy, const struct window *windows,
                size_t count);

/* What was found in a block; places count from its start. */
struct teddy_marks {
    size_t end_count;
    size_t busy_count;
    uint64_t hits[TEDDY_STEPS];     /* a bit for each place */
    uint8_t busy[TEDDY_STEPS + 1];  /* the steps that have hits, in order */
    uint16_t ends[TEDDY_BLOCK + 1]; /* where newlines stand, in order */
};

/* Reads the text's first TEDDY_BLOCK bytes, or all; windows reach beyond. */
void teddy_read(const struct teddy *teddy, enum teddy_way way,
                struct slice text, struct teddy_marks *marks);

/* Of four bytes as they stand in memory. */
static inline unsigned
teddy_hash(uint32_t bytes)
{
    return bytes * UINT32_C(0x9e3779b1) >> 20;
}

/* Of the first two bytes, which a short window has at least. */
static inline unsigned
teddy_short_hash(unsigned char first, unsigned char second)
{
    return (first + second * 257u) * UINT32_C(0x9e3779b1) >> 22;
}

/* Whether a short window may stand there; two bytes do. */
static inline bool
teddy_may_be_short(const struct teddy *teddy, const char *at)
{
    unsigned hash =
        teddy_short_hash((unsigned char)at[0], (unsigned char)at[1]);
    return (teddy->shorts[hash / 64] >> hash % 64 & 1) != 0;
}

/* Whether a window may stand there; four bytes do. */
static inline bool
teddy_filter(const struct teddy *teddy, const char *at)
{
    uint32_t bytes;
    memcpy(&bytes, at, sizeof(bytes));
    unsigned hash = teddy_hash(bytes);
    return (teddy->filter[hash / 64] >> hash % 64 & 1) != 0
        || teddy_may_be_short(teddy, at);
}

static_assert(TEDDY_FILTER == 1 << (32 - 20), "each hash has a bit");
static_assert(TEDDY_SHORTS == 1 << (32 - 22), "each hash has a bit");

#endif
