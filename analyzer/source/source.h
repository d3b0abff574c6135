/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_SOURCE_H
#define PULLWHY_SOURCE_SOURCE_H

/*
 * Where bytes come from. A source knows nothing of lines: it hands out chunks
 * in order and ends once. There is no queue: while the consumer works, nothing
 * is read, and the kernel holds the rest.
 */

#include "base/slice.h"

struct source_events {
    /* A chunk, valid during the call. */
    void (*on_bytes)(void *ctx, struct slice bytes);

    /*
     * The last call of a source: no more bytes will come and the source frees
     * itself. `status` is 0 at the end of the input, else a negative error
     * number of libuv.
     */
    void (*on_end)(void *ctx, int status);
    void *ctx;
};

enum {
    SOURCE_SLICE = 256 * 1024, /* bytes read at once; more is slower */
};

#endif
