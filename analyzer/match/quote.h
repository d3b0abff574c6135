/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_QUOTE_H
#define PULLWHY_MATCH_QUOTE_H

/*
 * Finds the end of what is quoted, however often it was escaped.
 *
 * A quote escaped n times has 2^n - 1 backslashes before it: ", \", \\\". What
 * is quoted may hold quotes itself, which are escaped once more than its own;
 * only a quote of the same depth ends it.
 */

#include "base/slice.h"

#include <stddef.h>

/* Bytes of the quote that `text` begins with, backslashes and all; or 0. */
size_t quote_len(struct slice text);

/* Backslashes that `text` begins with. */
size_t quote_run(struct slice text);

/*
 * Where in `text`, which stands behind an opening quote of `len` bytes, the
 * closing one begins; SLICE_NONE if there is none.
 */
size_t quote_end(struct slice text, size_t len);

/* Bytes of the closing quote that belongs to an opening one of `len`. */
size_t quote_depth(size_t len);

#endif
