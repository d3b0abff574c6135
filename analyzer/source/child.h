/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_CHILD_H
#define PULLWHY_SOURCE_CHILD_H

/*
 * A child process as a source: what it prints is read, what it complains of is
 * told, and when it ends it is started again. Each run is an origin of its own,
 * so that what was torn at the cut is not glued to what comes next.
 *
 *   RUNS -> ended -> WAITS (longer each time it did not run well) -> RUNS
 *     child_close(): SIGTERM to its group, SIGKILL later -> on_end()
 *
 * NOTICE_SILENT comes with an amount of 0 when nothing came for long, and once
 * more, with the bytes that came, when that is over.
 */

#include "base/fault.h"
#include "source/program.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHILD_NEVER UINT64_MAX

/* In milliseconds; 0 is the usual. */
struct child_times {
    uint64_t first_delay;  /* before it is started again: 1 s, ... */
    uint64_t last_delay;   /* ... doubled up to 60 s */
    uint64_t well_after;   /* a run so long ran well: 60 s */
    uint64_t silent_after; /* without input: 10 min; CHILD_NEVER */
    uint64_t kill_after;   /* SIGKILL behind SIGTERM: 2 s */
};

struct child_config {
    enum program_kind kind;
    const char *const *arguments;
    size_t argument_count;
    bool from_start; /* PROGRAM_JOURNALCTL, if nothing is remembered */
    struct child_times times;
};

struct child;

/* A program that is not there is a fault; one that fails is tried again. */
MUST_CHECK struct child *child_open(uv_loop_t *loop,
                                    const struct child_config *config,
                                    const struct source_host *host,
                                    struct fault *fault);

/* No bytes and no notice come behind it. Once or more is fine. */
void child_close(struct child *child);

#endif
