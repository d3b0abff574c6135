/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_EXCHANGE_H
#define PULLWHY_STORE_EXCHANGE_H

/*
 * A history as lines of JSON, and such lines merged into a history.
 *
 * The first line says whose they are, the last one how many there must be. A
 * merge is one transaction: a line that is wrong changes nothing. What a source
 * had told before is replaced by what it tells now, never added to it.
 */

#include "base/fault.h"
#include "base/slice.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* A line without its newline; false, with a fault, ends it. */
typedef bool exchange_sink(void *ctx, struct slice line, struct fault *fault);

/* All lines of a history that is open in either mode. */
MUST_CHECK bool exchange_export(struct db *db, int64_t now, exchange_sink *sink,
                                void *ctx, struct fault *fault);

struct merge;

/*
 * Begins to merge into `db`, which is open for writing. `name` is the file's,
 * for faults.
 */
MUST_CHECK struct merge *merge_new(struct db *db, const char *name,
                                   struct fault *fault);

/* An exchange_sink whose ctx is the merge: the next line of the file. */
bool merge_line(void *merge, struct slice line, struct fault *fault);

/* All lines are there: checks them, merges, commits. */
MUST_CHECK bool merge_finish(struct merge *merge, int64_t *incidents,
                             struct fault *fault);

/* Takes back what was not committed; NULL is fine. */
void merge_free(struct merge *merge);

#endif
