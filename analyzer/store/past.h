/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_PAST_H
#define PULLWHY_STORE_PAST_H

/*
 * The incidents of the history that a run goes on with: all that matter, for a
 * watch, which counts them in its gauges; or those that are told of, when they
 * are. There may be thousands, each with thousands of pods, and a log is of a
 * few.
 */

#include "base/fault.h"
#include "incident/ledger.h"
#include "match/catalog.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct past;

/* `db` and `catalog` must outlive it. */
struct past *past_new(struct db *db, const struct catalog *catalog);
void past_set_catalog(struct past *past, const struct catalog *catalog);
void past_rest(struct past *past); /* until it is used next */
void past_free(struct past *past); /* NULL is fine; before db_close() */

/* Who gets them from now on. */
void past_begin(struct past *past, struct ledger *ledger);

/* The latest failures, and the latest life of every key that is not over. */
MUST_CHECK bool past_restore(struct past *past, struct fault *fault);

/*
 * None of them: the ledger asks for each. What was overdue at `now`
 * (microseconds since 1970) goes quiet with the next flush; nobody is told.
 */
MUST_CHECK bool past_await(struct past *past, int64_t now, struct fault *fault);

/* What the ledger asks for, but WISH_PAST; what cannot be read is not found. */
void past_recall(struct past *past, const struct ledger_wish *wish);

/* Whether something is to go quiet; and within a transaction, lets it. */
bool past_has_overdue(const struct past *past);
MUST_CHECK bool past_quieten(struct past *past, struct fault *fault);
void past_settle(struct past *past); /* the transaction is in the file */

#endif
