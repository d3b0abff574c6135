/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_SEEN_H
#define PULLWHY_SOURCE_SEEN_H

/*
 * By what a file is known to hold yet what was read of it: the last bytes that
 * were read, and where; and if that is not far, all of them, as a list may be
 * written again with nothing else in its midst than another count. As text,
 * "seen:POSITION:HASH" or "seen:POSITION:HASH:WHOLE", it is kept with the
 * file's mark.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SEEN_BYTES = 1024, /* looked at before the position, or all there are */
    SEEN_WHOLE = 32 * 1024 * 1024, /* as far all of it is looked at */
    SEEN_TEXT = 72,                /* room for it with its NUL */
};

struct seen {
    uint64_t position; /* 0: nothing is known */
    uint64_t hash;     /* of the bytes before it */
    uint64_t whole;    /* of all of them; 0: not known */
};

/* Empty if nothing is known. */
void seen_write(char out[SEEN_TEXT], const struct seen *seen);

/* Nothing is known from a text of another kind. */
struct seen seen_read(const char *text);

/* How many bytes before a position are looked at. */
size_t seen_length(uint64_t position);

/* `before` are these bytes, as they stand there now. */
bool seen_holds(const struct seen *seen, struct slice before);

/* The same hash, made as the bytes are read from the start. Init with {0}. */
struct seen_sum {
    uint64_t position; /* behind what was added */
    uint64_t hash;
    bool is_lost; /* it was too much, or came in odd pieces */
};

/* Pieces of a multiple of 64 KiB, but for the last one, or the sum is lost. */
void seen_add(struct seen_sum *sum, struct slice bytes);

/* The hash of all up to the position, read from the file if need be. */
uint64_t seen_total(const struct seen_sum *sum, int fd, uint64_t position);

/*
 * Reads a file up to the position, for the hash of all of it; 0: that is too far,
 * or it cannot be read.
 */
uint64_t seen_whole(int fd, uint64_t position);

/* Whether that is yet what it was, as far as it is known. */
bool seen_is_whole(const struct seen *seen, int fd);

#endif
