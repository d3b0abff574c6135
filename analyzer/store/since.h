/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_SINCE_H
#define PULLWHY_STORE_SINCE_H

/*
 * The SQL function since(value, now): the moment from which on is meant, in
 * the form in which the views show times, so that the two can be compared.
 *
 * `value` is a span before `now` ("90m", "7d", "2w") or a moment of its own
 * ("2026-11-23", "2026-11-23T16:00:00Z"); NULL or '' means from the beginning
 * and gives ''. It reads no clock: `now` is a moment, as text.
 */

struct sqlite3;

/* Returns SQLite's status. */
int since_register(struct sqlite3 *handle);

#endif
