/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_H
#define PULLWHY_SOURCE_FOLLOW_H

/*
 * Files that are followed: through growth, rotation, truncation, removal and
 * return, across restarts. The one law: each complete line is handed out once,
 * counted by the host's marks.
 *
 * An origin is a content, not a name: the generations of a path are origins of
 * one name each, opened in order, and none hands out bytes before all that came
 * before it were opened. So a host that keeps the marks of all open origins in
 * one transaction with what it counted can be killed at any moment.
 *
 * What nobody can see is said: lines that were written between the copy and the
 * truncation of a `copytruncate`, or whose only copy is gone.
 */

#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FOLLOW_POLL_MS = 500,
};

struct follow_config {
    /* Files, folders, or patterns such as "/var/log/pods/?*" with * ? [ in any
     * part. A folder is gone through, FOLLOW_DEPTH deep. What is not there yet
     * is waited for. */
    const char *const *paths;
    size_t count;
    /* Unknown files are read whole, and what rotation left of them; else only
     * what is new. Remembered ones are read on from their marks. */
    bool from_start;
    unsigned poll_ms; /* beside inotify, for network file systems; 0: usual */
};

struct follow_statistics {
    uint64_t files;       /* open now */
    uint64_t rotations;   /* successors found */
    uint64_t truncations; /* seen; at each, lines may be lost unseen */
    uint64_t lost;        /* bytes that were there, and cannot be read */
};

struct follow;

/*
 * The config is copied. Nothing is opened before the loop runs. Each of `paths`
 * is an origin of its own with an identity "watch:...", without bytes: its mark
 * tells the next run that what it does not know is new.
 */
MUST_CHECK struct follow *follow_open(uv_loop_t *loop,
                                      const struct follow_config *config,
                                      const struct source_host *host,
                                      struct fault *fault);

/* Reads nothing more. on_close() for each origin and then on_end() come from
 * the loop. Once or more is fine. */
void follow_close(struct follow *follow);

void follow_statistics(const struct follow *follow,
                       struct follow_statistics *out);

#endif
