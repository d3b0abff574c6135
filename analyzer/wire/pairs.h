/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_PAIRS_H
#define PULLWHY_WIRE_PAIRS_H

/*
 * Reads `key=value` texts, as klog and logfmt write them. A value is quoted as
 * Go quotes, or in brackets (JSON, maps, lists), or goes to the next blank.
 *
 * Nothing is unescaped here, and each byte is looked at a fixed number of
 * times, whatever stands there: what is no pair is passed over.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

struct pair {
    struct slice key;
    struct slice value; /* without its quotes, still escaped */
    bool is_quoted;
};

/* Whether `text` begins, perhaps behind blanks, with `key=`. */
bool pairs_looks(struct slice text, struct slice *key);

/* Takes the next pair off *rest; false at the end. */
bool pairs_next(struct slice *rest, struct pair *pair);

/* The value with its quoting taken off. */
struct slice pairs_value(const struct pair *pair, struct buf *scratch);

#endif
