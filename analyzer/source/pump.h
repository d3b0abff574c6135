/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_PUMP_H
#define PULLWHY_SOURCE_PUMP_H

/*
 * Passes bytes from one descriptor to another, unchanged, and hands a copy to
 * whom it may concern.
 *
 * The law: what is passed on never waits for the copy. A worker of libuv's pool
 * does nothing but pass on; the copy goes through a ring of fixed size, and
 * when its reader is behind, whole lines are left out of the copy and counted.
 * This is libuv's pool and not the loop, as an analysis may take longer than a
 * pipe's other end is ready to wait.
 */

#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

#include <stdint.h>

struct pump;

struct pump_events {
    void (*on_bytes)(void *ctx, struct slice bytes); /* of the copy */

    /* So many bytes of whole lines were left out since the last call. */
    void (*on_missed)(void *ctx, uint64_t bytes);

    /* The last call: 0, or why nothing could be passed on any more (UV_EPIPE
     * where nobody reads it); the pump frees itself. */
    void (*on_end)(void *ctx, int status);
    void *ctx;
};

/* Descriptors stay open and stay the caller's. */
MUST_CHECK struct pump *pump_open(uv_loop_t *loop, int from, int to,
                                  const struct pump_events *events,
                                  struct fault *fault);

/* Passes on what was read, and ends. Once or more is fine. */
void pump_close(struct pump *pump);

#endif
