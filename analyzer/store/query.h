/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_QUERY_H
#define PULLWHY_STORE_QUERY_H

/*
 * Questions to a history: read-only SQL of the user's or ready queries out of
 * sql/queries/. A statement that would write is refused with a clear fault.
 */

#include "base/buf.h"
#include "base/fault.h"
#include "base/slice.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>

/* A ready query: its name, the sentence of its first line, its SQL. */
struct query {
    struct slice name; /* "by-node" */
    struct slice about;
    struct slice sql;
};

/* The index-th ready query in alphabetical order; false behind the last. */
bool query_at(size_t index, struct query *query);
bool query_find(struct slice name, struct query *query);

/* A row's cells as text; NULL cells are empty with data NULL. */
struct query_row {
    const struct slice *names; /* of the columns */
    const struct slice *cells; /* NULL in the one call that is for no row */
    const bool *is_number;
    size_t count;
};

/* Called for each row; returns false to stop. */
typedef bool query_sink(void *ctx, const struct query_row *row);

/* A value for a named parameter of the SQL, ":name". */
struct query_parameter {
    struct slice name;
    struct slice value;
    bool is_meant; /* it is a fault if no statement has it */
};

/* What is asked, and who gets the rows. */
struct query_request {
    struct slice sql; /* one statement or several */
    const struct query_parameter *parameters;
    size_t parameter_count;
    query_sink *sink;
    void *ctx;
};

/*
 * Runs every statement of the request. A statement without rows calls the sink
 * once with cells NULL, so that a table's head can be printed. The fault names
 * the line and column of a syntax error as SQLite tells it.
 */
MUST_CHECK bool query_run(struct db *db, const struct query_request *request,
                          struct fault *fault);

/*
 * FTS5's own syntax is not for people: each of the words stands in quotes, and
 * all of them are searched for.
 */
void query_quote_words(struct slice words, struct buf *out);

#endif
