/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/level.h"

static const struct {
    const char *name;
    enum level level;
} levels[] = {
    {"trace", LEVEL_INFO},         {"debug", LEVEL_INFO},
    {"info", LEVEL_INFO},          {"information", LEVEL_INFO},
    {"informational", LEVEL_INFO}, {"normal", LEVEL_INFO},
    {"notice", LEVEL_INFO},        {"i", LEVEL_INFO},
    {"warn", LEVEL_WARNING},       {"warning", LEVEL_WARNING},
    {"w", LEVEL_WARNING},          {"err", LEVEL_ERROR},
    {"error", LEVEL_ERROR},        {"e", LEVEL_ERROR},
    {"crit", LEVEL_ERROR},         {"critical", LEVEL_ERROR},
    {"alert", LEVEL_ERROR},        {"emerg", LEVEL_ERROR},
    {"fatal", LEVEL_ERROR},        {"panic", LEVEL_ERROR},
};

enum level
level_of(struct slice name)
{
    for (size_t i = 0; i < COUNT(levels); i++) {
        const char *known = levels[i].name;
        if (name.len > 0 && (name.data[0] | 0x20) == known[0]
            && slice_equal_nocase(name, slice_from(known))) {
            return levels[i].level;
        }
    }
    return LEVEL_UNKNOWN;
}

enum level
level_of_severity(uint64_t severity)
{
    if (severity <= 3) {
        return LEVEL_ERROR;
    }
    return severity == 4 ? LEVEL_WARNING : LEVEL_INFO;
}
