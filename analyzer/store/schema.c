/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "base/embedded.h"
#include "base/slice.h"

#include <sqlite3.h>

#include <stdint.h>
#include <string.h>

enum {
    APPLICATION_ID = 1886743671, /* "pulw", as sql/migrations/001.sql sets it */
};

bool
schema_identify(struct db *db, struct schema_identity *identity,
                struct fault *fault)
{
    struct sqlite3_stmt *statement =
        db_prepare_file(db, "statements/identify.sql", fault);
    if (!statement) {
        return false;
    }
    bool has_row = sqlite3_step(statement) == SQLITE_ROW;
    if (has_row) {
        identity->application = sqlite3_column_int(statement, 0);
        identity->version = sqlite3_column_int(statement, 1);
        identity->objects = sqlite3_column_int(statement, 2);
    } else {
        db_fault(db, fault);
    }
    sqlite3_finalize(statement);
    return has_row;
}

/* "sql/migrations/NNN.sql" gives NNN, anything else 0. */
static int
migration_number(const struct embedded *file)
{
    struct slice rest = slice_from(file->name);
    struct slice digits;
    uint64_t number;
    if (slice_skip(&rest, SLICE("sql/migrations/"))
        && slice_cut(&rest, '.', &digits) && slice_to_u64(digits, &number)
        && number < 1000) {
        return (int)number;
    }
    return 0;
}

static int
newest_version(void)
{
    int newest = 0;
    for (const struct embedded *row = embedded_sql; row->name; row++) {
        int number = migration_number(row);
        newest = number > newest ? number : newest;
    }
    return newest;
}

bool
schema_is_ours(const struct schema_identity *identity, struct fault *fault)
{
    bool is_new = identity->application == 0 && identity->version == 0
               && identity->objects == 0;
    if (!is_new && identity->application != APPLICATION_ID) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "a database of another program (application_id %d); "
                         "name another file with --db",
                         identity->application);
    }
    if (identity->version > newest_version()) {
        return fault_set(
            fault, FAULT_INPUT, 0,
            "made by a newer pullwhy (its schema is %d, known here "
            "is %d); use that one, or another file with --db",
            identity->version, newest_version());
    }
    return true;
}

/* Within a transaction: all migrations that are missing, then the views. */
static bool
migrate_from(struct db *db, int version, struct fault *fault)
{
    for (const struct embedded *row = embedded_sql; row->name; row++) {
        if (migration_number(row) > version
            && !db_run(db, row->name + strlen("sql/"), fault)) {
            return false;
        }
    }
    return db_run(db, "views.sql", fault);
}

bool
schema_migrate(struct db *db, struct fault *fault)
{
    struct schema_identity identity = {0};
    if (!schema_identify(db, &identity, fault)
        || !schema_is_ours(&identity, fault)) {
        return false;
    }
    if (identity.version == newest_version()) {
        return true;
    }
    if (!db_begin(db, fault)) {
        return false;
    }
    /* Asked again: another process may have migrated before the lock. */
    if (!schema_identify(db, &identity, fault)
        || !schema_is_ours(&identity, fault)
        || (identity.version < newest_version()
            && !migrate_from(db, identity.version, fault))
        || !db_commit(db, fault)) {
        db_rollback(db);
        return false;
    }
    return true;
}
