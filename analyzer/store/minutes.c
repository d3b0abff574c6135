/* SPDX-License-Identifier: Apache-2.0 */
#include "store/minutes.h"

#include "base/mem.h"
#include "store/statement.h"

struct minutes {
    struct statement add;
};

/* The columns of the rows that are given. */
enum column {
    INCIDENT,
    MINUTE,
    SEEN,
};

struct minutes *
minutes_new(struct db *db)
{
    struct minutes *minutes = MEM_NEW(struct minutes);
    statement_plan(&minutes->add, db, "statements/tally-add.sql");
    return minutes;
}

void
minutes_free(struct minutes *minutes)
{
    if (minutes) {
        statement_close(&minutes->add);
        mem_free(minutes);
    }
}

void
minutes_rest(struct minutes *minutes)
{
    statement_rest(&minutes->add);
}

/* All minutes of all incidents, while they are given to a statement. */
struct giving {
    struct written_list list;
    size_t at;   /* the incident */
    size_t next; /* behind the minute at hand */
};

static bool
next(void *ctx)
{
    struct giving *giving = ctx;
    while (giving->at < giving->list.count) {
        if (giving->next
            < giving->list.items[giving->at].incident->tally_count) {
            giving->next++;
            return true;
        }
        giving->at++;
        giving->next = 0;
    }
    return false;
}

static struct given_cell
cell(const void *ctx, size_t column)
{
    const struct giving *giving = ctx;
    const struct written *written = &giving->list.items[giving->at];
    struct tally tally = written->incident->tallies[giving->next - 1];
    switch ((enum column)column) {
    case INCIDENT:
        return given_number(written->id);
    case MINUTE:
        return given_number(tally_minute(tally));
    case SEEN:
    default:
        return given_number((int64_t)tally_count(tally));
    }
}

bool
minutes_write(struct minutes *minutes, struct written_list list,
              struct fault *fault)
{
    struct giving giving = {.list = list};
    struct given rows = {&giving, next, cell};
    statement_rows(&minutes->add, ":rows", &rows);
    return statement_run(&minutes->add, fault)
        || fault_add(fault, "writing how often incidents were seen");
}
