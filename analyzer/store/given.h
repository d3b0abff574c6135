/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_GIVEN_H
#define PULLWHY_STORE_GIVEN_H

/*
 * The SQL table given(:rows): rows that C hands to one statement, which costs a
 * third of running a statement for each. Its columns are c1, c2, ...
 *
 *     INSERT INTO tally (...) SELECT c1, c2, c3 FROM given(:rows) WHERE true
 *
 * It is a virtual table of SQLite's (sqlite.org/vtab.html) without a name in
 * the schema; the pointer comes by SQLite's own way for that
 * (sqlite.org/bindptr.html), so that no SQL text can make one up.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GIVEN_COLUMNS = 10,
};

struct sqlite3;

/* What a row has in a column: a text, which may be empty, or a number. */
struct given_cell {
    bool is_text;
    int64_t number;
    struct slice text;
};

/*
 * Where the rows come from. The texts of a row must live until the next one is
 * asked for; the whole, until the statement was run.
 */
struct given {
    void *ctx;
    bool (*next)(void *ctx); /* goes to the next row; false: there is none */
    struct given_cell (*cell)(const void *ctx, size_t column); /* from 0 */
};

static inline struct given_cell
given_number(int64_t number)
{
    return (struct given_cell){.number = number};
}

static inline struct given_cell
given_text(struct slice text)
{
    return (struct given_cell){.is_text = true, .text = text};
}

/* Makes the table known to a connection; returns SQLite's status. */
int given_register(struct sqlite3 *handle);

/* SQLite's name for the pointers that the table takes. */
extern const char given_type[];

#endif
