/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_BATCH_H
#define PULLWHY_STORE_BATCH_H

/*
 * One flush: writes what changed in a ledger, inside a transaction of the
 * caller's. Nothing in the ledger is marked before batch_mark(), which is
 * called when the transaction is committed; so a flush that failed is simply
 * done again.
 */

#include "base/fault.h"
#include "incident/ledger.h"
#include "store/db.h"

#include <stdbool.h>

struct batch;

struct batch *batch_new(struct db *db);
void batch_free(struct batch *batch); /* NULL is fine; before db_close() */

/* Lets go of the database until it is used next. */
void batch_rest(struct batch *batch);

/* Whether there is anything to write. Takes over the ledger's joins. */
bool batch_collect(struct batch *batch, struct ledger *ledger);

/* Writes what was collected; call it inside a transaction. */
MUST_CHECK bool batch_write(struct batch *batch, struct fault *fault);

/* After the commit: marks as saved what was written. */
void batch_mark(struct batch *batch);

#endif
