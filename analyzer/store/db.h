/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_DB_H
#define PULLWHY_STORE_DB_H

/*
 * One SQLite file: opens it, brings its schema up to date, prepares statements
 * out of the embedded sql/ files. SQL stands in sql/, never in a C string.
 */

#include "base/fault.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct db;
struct sqlite3;
struct sqlite3_stmt;

enum db_mode {
    DB_WRITE, /* creates the file and its folder, migrates; WAL, NORMAL */
    DB_READ,  /* must exist; no statement can change anything */
};

MUST_CHECK struct db *db_open(const char *path, enum db_mode mode,
                              struct fault *fault);
void db_close(struct db *db); /* NULL is fine */
struct sqlite3 *db_handle(struct db *db);
const char *db_path(const struct db *db);

/* The embedded file "sql/NAME"; NULL and a fault if there is none. */
MUST_CHECK const char *db_file(const char *name, struct fault *fault);

/* The statement of the embedded file "sql/NAME"; finalize it before close. */
MUST_CHECK struct sqlite3_stmt *db_prepare_file(struct db *db, const char *name,
                                                struct fault *fault);

MUST_CHECK bool db_begin(struct db *db, struct fault *fault);
MUST_CHECK bool db_commit(struct db *db, struct fault *fault);
void db_rollback(struct db *db);

/* Fills *fault with what SQLite said last; returns false. */
bool db_fault(struct db *db, struct fault *fault);

#endif
