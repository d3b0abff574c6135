/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_WHOLE_H
#define PULLWHY_SOURCE_WHOLE_H

/*
 * Hands out whole pieces of a stream only. What is torn when the stream is cut
 * is dropped by whole_begin(): for streams whose next run tells it again.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stddef.h>

enum {
    WHOLE_MAX = 1024 * 1024, /* bytes held back at most; then all goes out */
};

struct whole {
    const char *end; /* what a piece ends with, the last byte a newline */
    struct buf torn;
    size_t handed; /* bytes of `torn` that went out */
};

/* Another stream. Init with {.end = ...}. */
void whole_begin(struct whole *whole);
void whole_free(struct whole *whole);

/* The pieces that are whole by now, perhaps none; valid until the next call,
 * and as long as `bytes` are. */
struct slice whole_take(struct whole *whole, struct slice bytes);

#endif
