/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_SYSLOG_H
#define PULLWHY_WIRE_SYSLOG_H

/*
 * Takes off what syslog daemons and journalctl put before a line:
 *
 *   <13>May 16 18:02:44 HOST containerd[3039]: REST
 *   2026-05-16T18:02:44.123456+00:00 HOST kubelet[2874]: REST
 *   <13>1 2026-05-16T18:02:44Z HOST kubelet 2874 - - REST
 *   Sat 2026-05-16 18:02:44 UTC HOST kubelet[2874]: REST
 *   1778954564.123456 HOST kubelet[2874]: REST
 *   [ 1234.567890] HOST kubelet[2874]: REST
 *
 * The REST is another format's business.
 */

#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

struct syslog_head {
    struct stamp stamp;
    struct slice host;
    struct slice program; /* without ".service", as --output=with-unit has it */
    enum level level;     /* from <PRI> */
};

bool syslog_looks(struct slice line);

/* Takes the head off *line; `now` gives the year that RFC 3164 leaves out. */
bool syslog_peel(struct slice *line, int64_t now, struct syslog_head *head);

/* Takes "<27>" off, which may stand before the stamp; false if it does not. */
bool syslog_skip_priority(struct slice *rest, enum level *level);

/* Takes " HOST PROGRAM[PID]: " off, which stands behind the stamp. */
bool syslog_skip_names(struct slice *rest, bool needs_pid,
                       struct syslog_head *head);

#endif
