/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_SCHEMA_H
#define PULLWHY_STORE_SCHEMA_H

/*
 * Whose file a database is, and how its schema is brought up to date.
 */

#include "base/fault.h"
#include "store/db.h"

#include <stdbool.h>

/* What sql/statements/identify.sql tells of a file. */
struct schema_identity {
    int application;
    int version;
    int objects;
};

MUST_CHECK bool schema_identify(struct db *db, struct schema_identity *identity,
                                struct fault *fault);

/* A history, or nothing yet, and not of a newer program. */
MUST_CHECK bool schema_is_ours(const struct schema_identity *identity,
                               struct fault *fault);

/* Runs all migrations that are missing, and makes the views, at once. */
MUST_CHECK bool schema_migrate(struct db *db, struct fault *fault);

#endif
