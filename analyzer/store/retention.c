/* SPDX-License-Identifier: Apache-2.0 */
#include "store/retention.h"

#include "base/slice.h"
#include "base/stamp.h"
#include "store/statement.h"

#include <sqlite3.h>

enum {
    BATCH = 16,       /* incidents of one transaction */
    WHOLE_MINUTES = 7 /* days in which minutes are kept apart */
};

/* One batch of those last seen before `before`; *gone tells how many. */
static bool
prune(struct db *db, int64_t before, int64_t *gone, struct fault *fault)
{
    struct statement statement;
    if (!statement_open(&statement, db, "statements/prune.sql", fault)) {
        return false;
    }
    statement_number(&statement, ":before", before);
    statement_number(&statement, ":limit", BATCH);
    bool ok = statement_run(&statement, fault);
    *gone = ok ? sqlite3_changes(db_handle(db)) : 0;
    statement_close(&statement);
    return ok;
}

static bool
size_of(struct db *db, int64_t *bytes, struct fault *fault)
{
    struct statement statement;
    bool has_row = false;
    if (!statement_open(&statement, db, "statements/size.sql", fault)) {
        return false;
    }
    bool ok = statement_next(&statement, &has_row, fault);
    *bytes = ok && has_row ? statement_cell_number(&statement, 0) : 0;
    statement_close(&statement);
    return ok;
}

static bool
prune_by_age(struct db *db, const struct retention *limits,
             struct retention_tally *tally, struct fault *fault)
{
    int64_t gone = limits->keep > 0;
    while (gone > 0) {
        if (!prune(db, limits->now - limits->keep, &gone, fault)) {
            return false;
        }
        tally->incidents += gone;
    }
    return true;
}

static bool
prune_by_size(struct db *db, const struct retention *limits,
              struct retention_tally *tally, struct fault *fault)
{
    int64_t gone = 1;
    bool ok = size_of(db, &tally->bytes, fault);
    while (ok && limits->bytes > 0 && tally->bytes > limits->bytes
           && gone > 0) {
        ok = prune(db, INT64_MAX, &gone, fault)
          && size_of(db, &tally->bytes, fault);
        tally->incidents += gone;
    }
    return ok;
}

static bool
roll_up(struct db *db, const struct retention *limits, struct fault *fault)
{
    const struct statement_value values[] = {
        {":minute",
         (limits->now - WHOLE_MINUTES * STAMP_DAY) / STAMP_HOUR * 60},
    };
    if (!db_begin(db, fault)) {
        return false;
    }
    bool ok = statement_script(db, "statements/prune-tally.sql", values,
                               COUNT(values), fault)
           && db_commit(db, fault);
    if (!ok) {
        db_rollback(db);
    }
    return ok;
}

bool
retention_apply(struct db *db, const struct retention *limits,
                struct retention_tally *tally, struct fault *fault)
{
    *tally = (struct retention_tally){0};
    bool ok =
        prune_by_age(db, limits, tally, fault) && roll_up(db, limits, fault)
        && prune_by_size(db, limits, tally, fault)
        && statement_script(db, "statements/prune-vacuum.sql", NULL, 0, fault);
    if (ok) {
        db_settle(db);
    }
    return ok;
}

bool
retention_step(struct db *db, const struct retention *limits, int64_t *gone,
               struct fault *fault)
{
    int64_t by_age = 0;
    int64_t by_size = 0;
    int64_t bytes = 0;
    if ((limits->keep > 0
         && !prune(db, limits->now - limits->keep, &by_age, fault))
        || !size_of(db, &bytes, fault)
        || (limits->bytes > 0 && bytes > limits->bytes
            && !prune(db, INT64_MAX, &by_size, fault))) {
        return false;
    }
    *gone = by_age + by_size;
    return statement_script(db, "statements/prune-vacuum-some.sql", NULL, 0,
                            fault);
}
