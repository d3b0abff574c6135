/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_NAMES_H
#define PULLWHY_SOURCE_FOLLOW_NAMES_H

/* What the names of log files tell; none of these looks at a disk. */

#include "base/slice.h"

#include <stdbool.h>

/*
 * Whether rotation may have made `name` of `base`, both without folders:
 * "app.log.1", "app.log-20261123.gz", "app-20261123.log", "app.1.log",
 * "0.log.20261123-163000", "app.log.old" of their "app.log" or "0.log". What
 * stands between is a number behind a dot, or a date; so "app-2.log" and
 * "app.error.log" are others' logs.
 */
bool follow_names_is_older(struct slice base, struct slice name);

/*
 * Calls `is_there` with each name of which rotation may have made `name`, until
 * it returns true; then so does this.
 */
bool follow_names_has_base(struct slice name,
                           bool (*is_there)(void *ctx, struct slice base),
                           void *ctx);

/* Whether a name in a watched folder may be a log that is being written: no
 * hidden file, nothing packed, no database, no older generation. */
bool follow_names_is_log(struct slice name);

/* Whether it holds any of * ? [ and so may be meant as a pattern. */
bool follow_names_is_pattern(struct slice path);

#endif
