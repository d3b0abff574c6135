/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_COLUMNS_H
#define PULLWHY_WIRE_COLUMNS_H

/*
 * Reads the tables of `kubectl get events` and `kubectl events`, and by way of
 * pods.h that of `kubectl get pods`:
 *
 *   [NAMESPACE] LAST SEEN  TYPE  REASON  OBJECT  [SUBOBJECT  SOURCE]
 *       MESSAGE  [FIRST SEEN  COUNT  NAME]
 *
 * Rows are known by what is in them, as they may come without a head and, with
 * --watch, stand under no head's columns. A head only settles what a row
 * leaves open.
 */

#include "base/slice.h"
#include "wire/decode.h"

#include <stdbool.h>
#include <stdint.h>

/* What the head said; {0} before one was seen. */
struct columns {
    bool has_namespace;
    bool is_wide;
};

bool columns_looks(struct slice line);
enum verdict columns_decode(struct columns *columns, struct slice line,
                            int64_t now, struct record *record);

#endif
