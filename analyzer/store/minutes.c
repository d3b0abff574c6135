/* SPDX-License-Identifier: Apache-2.0 */
#include "store/minutes.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/statement.h"

enum {
    MANY = 8, /* from so many on, to say them as JSON costs less */
};

struct minutes {
    struct statement add;
    struct statement add_many;
    struct buf json;
};

struct minutes *
minutes_new(struct db *db)
{
    struct minutes *minutes = MEM_NEW(struct minutes);
    statement_plan(&minutes->add, db, "statements/tally-add.sql");
    statement_plan(&minutes->add_many, db, "statements/tally-add-many.sql");
    return minutes;
}

void
minutes_free(struct minutes *minutes)
{
    if (minutes) {
        statement_close(&minutes->add);
        statement_close(&minutes->add_many);
        buf_free(&minutes->json);
        mem_free(minutes);
    }
}

void
minutes_rest(struct minutes *minutes)
{
    statement_rest(&minutes->add);
    statement_rest(&minutes->add_many);
}

/* Whether both have room in one number. */
static bool
is_small(struct tally tally)
{
    return tally_minute(tally) >= 0 && tally_minute(tally) <= INT32_MAX;
}

static void
add_number(struct buf *out, uint64_t number)
{
    char digits[20];
    size_t first = sizeof(digits);
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(out, slice_of(digits + first, sizeof(digits) - first));
}

static bool
add_one(struct minutes *minutes, int64_t id, struct tally tally,
        struct fault *fault)
{
    statement_number(&minutes->add, ":incident", id);
    statement_number(&minutes->add, ":minute", tally_minute(tally));
    statement_number(&minutes->add, ":count", (int64_t)tally_count(tally));
    return statement_run(&minutes->add, fault);
}

bool
minutes_write(struct minutes *minutes, int64_t id,
              const struct incident *incident, struct fault *fault)
{
    bool is_many = incident->tally_count >= MANY;
    buf_clear(&minutes->json);
    for (size_t i = 0; i < incident->tally_count; i++) {
        struct tally tally = incident->tallies[i];
        if (is_many && is_small(tally)) {
            buf_add_byte(&minutes->json, minutes->json.len > 0 ? ',' : '[');
            add_number(&minutes->json, (uint64_t)tally_minute(tally) << 32
                                           | tally_count(tally));
        } else if (!add_one(minutes, id, tally, fault)) {
            return false;
        }
    }
    if (minutes->json.len == 0) {
        return true;
    }
    buf_add_byte(&minutes->json, ']');
    statement_number(&minutes->add_many, ":incident", id);
    statement_text(&minutes->add_many, ":tallies", buf_slice(&minutes->json));
    return statement_run(&minutes->add_many, fault);
}
