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
    DB_HASTY, /* likewise, but hardly waits for another writer */
    DB_READ,  /* must exist; no statement can change anything */
};

MUST_CHECK struct db *db_open(const char *path, enum db_mode mode,
                              struct fault *fault);
void db_close(struct db *db); /* NULL is fine */

/*
 * Closes without a last word into the file: what its -wal holds stays there.
 * For a file that is corrupt, or that is not what was opened any more.
 */
void db_abandon(struct db *db);

/*
 * A new history that nobody else finds yet. It is written once, not into a -wal
 * first, so a transaction that fails spoils it: then it is to be discarded.
 * NULL where it cannot be had: something is there already, or db_open() has a
 * fault to tell.
 */
MUST_CHECK struct db *db_open_draft(const char *path, enum db_mode mode);
bool db_is_draft(const struct db *db);

/*
 * Gives the draft its place, on the disk; no statement may be prepared. False:
 * something is there meanwhile, or it could not be done, and the draft is lost.
 * In any case the file is opened, as by db_open(), when it is needed next.
 * db_close() does that as well.
 */
bool db_publish(struct db *db);
void db_discard(struct db *db); /* likewise, but it is never placed */

/* Opens the file if it is not. */
MUST_CHECK bool db_ready(struct db *db, struct fault *fault);

/* From now on another writer is waited for as `mode` says. */
void db_set_mode(struct db *db, enum db_mode mode);

/* What became of the file that was opened. */
enum db_fate {
    DB_THERE,
    DB_SHRUNK,  /* shorter than it was */
    DB_EMPTIED, /* not a byte is left */
    DB_GONE,    /* its path leads nowhere, or to another file */
};

enum db_fate db_look(struct db *db);

/* Moves what the -wal holds into the file, though nobody can find that. */
void db_settle(struct db *db);

/* Whether the file is still one that this program may write. */
MUST_CHECK bool db_is_ours(struct db *db, struct fault *fault);

/* Reads all pages, if the file is not too big for that. */
MUST_CHECK bool db_check(struct db *db, struct fault *fault);

struct sqlite3 *db_handle(struct db *db);
const char *db_path(const struct db *db);

/* The embedded file "sql/NAME"; NULL and a fault if there is none. */
MUST_CHECK const char *db_file(const char *name, struct fault *fault);

/* The statement of the embedded file "sql/NAME"; finalize it before close. */
MUST_CHECK struct sqlite3_stmt *db_prepare_file(struct db *db, const char *name,
                                                struct fault *fault);

/* Runs the embedded file "sql/NAME". */
bool db_run(struct db *db, const char *name, struct fault *fault);

MUST_CHECK bool db_begin(struct db *db, struct fault *fault);
MUST_CHECK bool db_commit(struct db *db, struct fault *fault);
void db_rollback(struct db *db);

/* Fills *fault with what SQLite said last; returns false. */
bool db_fault(struct db *db, struct fault *fault);

#endif
