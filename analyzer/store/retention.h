/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_RETENTION_H
#define PULLWHY_STORE_RETENTION_H

/*
 * How long and how large a history may be. It works in small transactions, so
 * that a writer never waits long. What is over goes before what is open.
 */

#include "base/fault.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct retention {
    int64_t now;
    int64_t keep;  /* microseconds; 0: for ever */
    int64_t bytes; /* of pages in use; 0: any number */
};

struct retention_tally {
    int64_t incidents; /* that were taken away */
    int64_t bytes;     /* in use now */
};

/*
 * Takes away what is older, then the oldest until the rest fits; counts by
 * hours what is older than a week; gives free pages back to the file system.
 */
MUST_CHECK bool retention_apply(struct db *db, const struct retention *limits,
                                struct retention_tally *tally,
                                struct fault *fault);

/*
 * A small part of it, for a run that goes on: at most a batch by age and one by
 * size, and a few pages. *gone tells how many incidents were taken away; 0: for
 * now there is no more to do.
 */
MUST_CHECK bool retention_step(struct db *db, const struct retention *limits,
                               int64_t *gone, struct fault *fault);

#endif
