/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_STATEMENT_H
#define PULLWHY_STORE_STATEMENT_H

/*
 * A prepared statement whose parameters are bound by name.
 *
 * Binding never fails by itself: the first refusal is kept, and the run that
 * follows reports it. After a run the statement is ready to be bound again.
 */

#include "base/fault.h"
#include "base/slice.h"
#include "store/db.h"
#include "store/given.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STATEMENT_SLOTS = 24, /* parameters whose places are kept */
};

struct statement {
    struct db *db;
    const char *file;            /* of its SQL */
    struct sqlite3_stmt *handle; /* NULL until it is used */
    int status;     /* the first refused binding, 0 if there is none */
    unsigned bound; /* parameters, since the last run */
    const char *names[STATEMENT_SLOTS]; /* in the order of binding */
    int places[STATEMENT_SLOTS];
};

/* The statement of the embedded file "sql/NAME", which must live as long. */
MUST_CHECK bool statement_open(struct statement *statement, struct db *db,
                               const char *name, struct fault *fault);

/* Likewise, but it is prepared when it is used first, and that run may fail. */
void statement_plan(struct statement *statement, struct db *db,
                    const char *name);
void statement_rest(struct statement *statement);  /* planned again */
void statement_close(struct statement *statement); /* zeroed ones are fine */

/*
 * Bind the parameter ":name". The bytes must live until the run is over, the
 * name as long as the statement. An empty slice is '' to _text and NULL to
 * _known.
 */
void statement_text(struct statement *statement, const char *name,
                    struct slice value);
void statement_known(struct statement *statement, const char *name,
                     struct slice value);
void statement_number(struct statement *statement, const char *name,
                      int64_t value);

/* Binds the rows of given(:name), which must live until the run is over. */
void statement_rows(struct statement *statement, const char *name,
                    struct given *rows);

/* Runs to the end, for what gives no rows. */
MUST_CHECK bool statement_run(struct statement *statement, struct fault *fault);

/* Goes to the next row; *has_row is false behind the last. */
MUST_CHECK bool statement_next(struct statement *statement, bool *has_row,
                               struct fault *fault);

/* To leave a statement before its last row. */
void statement_reset(struct statement *statement);

/* Columns of the row, from 0; views are valid until the next step. */
struct slice statement_cell(const struct statement *statement, int column);
int64_t statement_cell_number(const struct statement *statement, int column);

/* A parameter of a script. */
struct statement_value {
    const char *name; /* ":name" */
    int64_t value;
};

/*
 * Runs every statement of the embedded file "sql/NAME"; each gets those of the
 * values that it names.
 */
MUST_CHECK bool statement_script(struct db *db, const char *name,
                                 const struct statement_value *values,
                                 size_t count, struct fault *fault);

#endif
