/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_BLOCKS_H
#define PULLWHY_SOURCE_BLOCKS_H

/*
 * Reads a regular file in several threads, each a block at a time, and hands
 * the blocks out in order. Whoever takes them is one of the threads: while the
 * next one in order is not there, it reads another itself.
 *
 * The law: in order, they are what reading from the start gives, up to the
 * first block that is not full. There, be it the file's end, an end that moves
 * or an error, the caller reads on as if nothing had been read ahead.
 */

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum {
    BLOCKS_THREADS = 16, /* at most */
    BLOCKS_SPARE = 4,    /* blocks more than threads, all in memory */
};

struct blocks;

struct blocks_config {
    unsigned threads; /* with the caller's; at least 2 */
    size_t size;      /* of a block, bytes */
    uint64_t least;   /* what is shorter is not worth it, bytes */

    /*
     * Called by whatever thread has read a block, 0 being the caller's. A slot
     * is one of `threads` + BLOCKS_SPARE; what it held before is gone. Threads
     * and slots share nothing that changes.
     */
    void (*look)(void *ctx, unsigned thread, size_t slot, struct slice bytes);

    /* What is handed out now, by the caller's thread. */
    void (*hand)(void *ctx, size_t slot);
    void *ctx;
};

/* Reads from `position` on; NULL if no thread can be had. */
struct blocks *blocks_open(int fd, uint64_t position,
                           const struct blocks_config *config);

/*
 * The next one, valid until the next call. Of less than `size`: the last one,
 * and behind it must be read on.
 */
struct slice blocks_next(struct blocks *blocks);

/* In the file, behind what was handed out. */
uint64_t blocks_position(const struct blocks *blocks);

/* Waits until no thread reads any more. */
void blocks_close(struct blocks *blocks); /* NULL is fine */

#endif
