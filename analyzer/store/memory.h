/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_MEMORY_H
#define PULLWHY_STORE_MEMORY_H

/*
 * What was counted, beside the incidents: how often each event, and which
 * failures have been told by whom. It is written in the transaction of what
 * was counted, so both are there or none.
 */

#include "base/fault.h"
#include "incident/ledger.h"
#include "store/db.h"

#include <stdbool.h>

struct memory;

struct memory *memory_new(struct db *db);
void memory_free(struct memory *memory); /* NULL is fine; before db_close() */

/*
 * Gives the ledger the key of its hashes; from then on it asks for the events
 * that it does not know. memory_restore() follows, with the latest failures.
 */
MUST_CHECK bool memory_begin(struct memory *memory, struct ledger *ledger,
                             struct fault *fault);
MUST_CHECK bool memory_restore(struct memory *memory, struct ledger *ledger,
                               struct fault *fault);

/* Lets go of the database until it is used next. */
void memory_rest(struct memory *memory);

/* It is the same one still, and had nothing before the last memory_write(). */
void memory_stay(struct memory *memory);

/* The database is another one, which gets the key of the ledger's hashes. */
MUST_CHECK bool memory_adopt(struct memory *memory, struct ledger *ledger,
                             struct fault *fault);

/* Whether the ledger has counted what is not written yet. */
bool memory_is_behind(struct ledger *ledger);

/* Inside a transaction; memory_mark() after the commit. */
MUST_CHECK bool memory_write(struct memory *memory, struct ledger *ledger,
                             struct fault *fault);
void memory_mark(struct ledger *ledger);

#endif
