/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_RECALL_H
#define PULLWHY_STORE_RECALL_H

/*
 * Rows of the history as incidents again: to go on with, or to be shown. Works
 * on a handle of either mode.
 */

#include "base/fault.h"
#include "incident/incident.h"
#include "match/catalog.h"
#include "store/db.h"
#include "store/statement.h"

#include <stdbool.h>
#include <stdint.h>

struct recall;

/* `db` and `catalog` must outlive it. */
struct recall *recall_new(struct db *db, const struct catalog *catalog);
void recall_set_catalog(struct recall *recall, const struct catalog *catalog);
void recall_rest(struct recall *recall); /* until it is used next */
void recall_free(struct recall *recall); /* NULL is fine; before db_close() */

/* The key in a row of restore-incidents.sql; good until the next row. */
struct slice recall_key(const struct statement *row);

/*
 * Fills *incident (all zero before) from a row of restore-incidents.sql, with
 * its facts and affected rows, which are good until the next call. *is_known is
 * false, and nothing is filled, if the catalogue does not know the cause.
 */
MUST_CHECK bool recall_row(struct recall *recall, const struct statement *row,
                           struct incident *incident, bool *is_known,
                           struct fault *fault);

/* Likewise by its number, with its evidence; all of it is the incident's. */
MUST_CHECK bool recall_incident(struct recall *recall, int64_t id,
                                struct incident *incident, struct fault *fault);

/* Frees what recall_incident() filled, whatever it returned. */
void recall_release(struct incident *incident);

#endif
