/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_CHATTER_H
#define PULLWHY_SOURCE_CHATTER_H

/*
 * What a child says on its standard error, line by line. Long lines are cut; of
 * a flood only so many a minute are told, and then how many were not.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHATTER_LINE = 512, /* bytes, with the NUL */
    CHATTER_LINES = 30, /* told in a minute */
};

struct chatter {
    void (*on_line)(void *ctx, const char *line);
    void *ctx;
    char last[CHATTER_LINE]; /* the run's last line that is not blank */
    char line[CHATTER_LINE]; /* the one whose end has not come */
    size_t len;
    bool is_cut;
    uint64_t minute_at; /* ms, when the minute began */
    size_t told;        /* in that minute */
    uint64_t untold;
};

/* A run begins: there are no last words yet. */
void chatter_begin(struct chatter *chatter);
void chatter_feed(struct chatter *chatter, struct slice bytes, uint64_t now);

/* Tells a line without its end, and what was left out. */
void chatter_end(struct chatter *chatter);

#endif
