/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_LOGFMT_H
#define PULLWHY_WIRE_LOGFMT_H

/*
 * Reads the lines of containerd and its like:
 *
 *   time="2026-11-23T16:28:59.79Z" level=error msg="..." error="..." host=H
 *
 * The keys may come in any order; of two equal ones the last one counts.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/decode.h"

#include <stdbool.h>

bool logfmt_looks(struct slice line);

/* For the scratch see unescape.h. */
enum verdict logfmt_decode(struct slice line, struct buf *scratch,
                           struct record *record);

#endif
