/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_JOURNALD_H
#define PULLWHY_SOURCE_JOURNALD_H

/*
 * The journal of systemd as a source, read through libsystemd and followed. Its
 * entries are handed out whole, in the form of `journalctl --output=json`, with
 * the fields that a record has room for; the mark is the cursor of the last.
 *
 * Entries come in the order that libsystemd gives them: of journals of several
 * machines in one folder, one whose clock is behind may be passed over.
 */

#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journald_config {
    const char *folder;       /* NULL: this machine's journal */
    const char *const *units; /* "kubelet": what that unit, or who calls itself
                                 so, wrote; none: all */
    size_t unit_count;
    bool from_start;  /* if nothing is remembered; else from the end */
    uint64_t poll_ms; /* looks at least so often; 0: the usual, 2 s */
};

struct journald;

/* Whether it was built in; without it, or where libsystemd cannot be loaded,
 * opening is a fault that says so. */
bool journald_is_built(void);

MUST_CHECK struct journald *journald_open(uv_loop_t *loop,
                                          const struct journald_config *config,
                                          const struct source_host *host,
                                          struct fault *fault);

/* No bytes and no notice come behind it. Once or more is fine. */
void journald_close(struct journald *journald);

#endif
