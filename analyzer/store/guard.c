/* SPDX-License-Identifier: Apache-2.0 */
#include "store/guard.h"

#include "base/slice.h"

#include <sqlite3.h>

#include <stdbool.h>

/* Pragmas that only tell; is_asked ones need a name to tell of. */
static const struct {
    const char *name;
    bool is_asked;
} pragmas[] = {
    {"application_id", false},  {"collation_list", false},
    {"compile_options", false}, {"data_version", false},
    {"encoding", false},        {"foreign_key_check", true},
    {"foreign_key_list", true}, {"freelist_count", false},
    {"function_list", false},   {"index_info", true},
    {"index_list", true},       {"index_xinfo", true},
    {"integrity_check", true},  {"journal_mode", false},
    {"module_list", false},     {"page_count", false},
    {"page_size", false},       {"pragma_list", false},
    {"quick_check", true},      {"schema_version", false},
    {"table_info", true},       {"table_list", true},
    {"table_xinfo", true},      {"user_version", false},
};

static bool
pragma_only_tells(const char *name, const char *argument)
{
    for (size_t i = 0; i < COUNT(pragmas); i++) {
        if (sqlite3_stricmp(name, pragmas[i].name) == 0) {
            return pragmas[i].is_asked || !argument;
        }
    }
    return false;
}

/* Called while a statement is prepared, for each thing that it would do. */
/* NOLINTBEGIN(readability-function-size): SQLite names the parameters */
static int
on_authorize(void *ctx, int action, const char *first, const char *second,
             const char *database, const char *view)
{
    (void)ctx;
    (void)database;
    (void)view;
    bool is_fine = false;
    switch (action) {
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
    case SQLITE_SELECT:
        is_fine = true;
        break;
    case SQLITE_FUNCTION:
        is_fine = sqlite3_stricmp(second, "load_extension") != 0
               && sqlite3_stricmp(second, "fts3_tokenizer") != 0;
        break;
    case SQLITE_UPDATE:
        /*
         * Asked when a table of a module (pragma_table_info) is declared,
         * though nothing is written then; a real UPDATE of the schema fails
         * later, as DEFENSIVE forbids it.
         */
        is_fine = sqlite3_stricmp(first, "sqlite_master") == 0;
        break;
    case SQLITE_PRAGMA:
        is_fine = pragma_only_tells(first, second);
        break;
    default:
        break;
    }
    return is_fine ? SQLITE_OK : SQLITE_DENY;
}

/* NOLINTEND(readability-function-size) */

void
guard_install(struct sqlite3 *handle)
{
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
#endif
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_set_authorizer(handle, on_authorize, NULL);
}
