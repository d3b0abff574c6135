/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_ASIDE_H
#define PULLWHY_STORE_ASIDE_H

/*
 * Moves a corrupt history out of the way, so that a new one can be begun and
 * the old one be salvaged.
 *
 * The law: a file that is not surely a history of pullwhy is never moved.
 */

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Renames the closed file at `path`, its -wal and its -shm to
 * PATH.corrupt-20261127T054500Z and so on; `now` in microseconds since 1970.
 * *name gets the new path.
 */
MUST_CHECK bool aside_move(const char *path, int64_t now, struct buf *name,
                           struct fault *fault);

#endif
