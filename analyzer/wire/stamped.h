/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_STAMPED_H
#define PULLWHY_WIRE_STAMPED_H

/*
 * The head of a line of a log, taken apart without decoding the line: what is
 * another one each time it is said (its stamps, klog's thread) and what is not.
 * Two lines that have the same parts are decoded to the same record, but for
 * the stamp. And such a line begins one: it is no rest of a line before it.
 *
 *   E1123 16:28:59.927911    2874 kuberuntime_image.go:55] REST
 *   time="2026-11-23T16:28:59.927322624Z" level=error REST
 *   Nov 23 16:28:59 HOST kubelet[2874]: REST, which may be one of the above
 *   2026-11-23T16:28:59.927500123Z stderr F REST, likewise
 */

#include "base/slice.h"
#include "base/stamp.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    STAMPED_PARTS = 3,
};

struct stamped {
    struct stamp stamp; /* of the record */
    struct slice parts[STAMPED_PARTS];
    size_t count;
};

/*
 * False if the line has no such head. What stands behind the head is not looked
 * at, so it may be the start of a line. `now` as in decoder_feed(). *minutes is
 * of the lines before, if any. *out views the line.
 */
bool stamped_read(struct slice line, int64_t now, struct stamp_minutes *minutes,
                  struct stamped *out);

#endif
