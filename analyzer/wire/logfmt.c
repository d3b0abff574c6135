/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/logfmt.h"

#include "wire/level.h"
#include "wire/pairs.h"
#include "wire/unescape.h"

enum role {
    ROLE_TIME,
    ROLE_LEVEL,
    ROLE_MESSAGE,
    ROLE_ERROR,
    ROLE_HOST,
    ROLE_UNIT,
    ROLE_OTHER,
    ROLES,
};

/* A line may begin with any of these keys, and with no other. */
static const struct {
    const char *name;
    enum role role;
} keys[] = {
    {"time", ROLE_TIME},      {"ts", ROLE_TIME},      {"t", ROLE_TIME},
    {"level", ROLE_LEVEL},    {"lvl", ROLE_LEVEL},    {"msg", ROLE_MESSAGE},
    {"error", ROLE_ERROR},    {"err", ROLE_ERROR},    {"host", ROLE_HOST},
    {"component", ROLE_UNIT}, {"caller", ROLE_OTHER}, {"logger", ROLE_OTHER},
    {"source", ROLE_OTHER},
};

static enum role
role_of(struct slice key)
{
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (slice_is(key, keys[i].name)) {
            return keys[i].role;
        }
    }
    return ROLES;
}

bool
logfmt_looks(struct slice line)
{
    struct slice key;
    return pairs_looks(line, &key) && role_of(key) != ROLES
        && (slice_find(line, SLICE("msg=")) != SLICE_NONE
            || slice_find(line, SLICE("level=")) != SLICE_NONE);
}

enum verdict
logfmt_decode(struct slice line, struct buf *scratch, struct record *record)
{
    struct slice values[ROLES + 1] = {{0}};
    struct slice rest = line;
    struct pair pair;
    while (pairs_next(&rest, &pair)) {
        enum role role = role_of(pair.key);
        if (role < ROLE_OTHER) {
            values[role] = pairs_value(&pair, scratch);
        }
    }
    record->format = FORMAT_LOGFMT;
    stamp_read_rfc3339(&values[ROLE_TIME], &record->stamp);
    record->level = level_of(values[ROLE_LEVEL]);
    record->message = values[ROLE_MESSAGE];
    record->error = unescape_all(values[ROLE_ERROR], scratch);
    record->host = values[ROLE_HOST];
    record->unit = values[ROLE_UNIT];
    if (record->message.len == 0 && record->error.len == 0) {
        record->message = line;
        return VERDICT_BROKEN;
    }
    return VERDICT_RECORD;
}
