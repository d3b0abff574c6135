/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_RECKONER_H
#define PULLWHY_TESTS_RECKONER_H

/*
 * A source_host that counts lines and remembers marks as the history does: what
 * was counted and how far was read is committed together, and a kill leaves
 * nothing but what was committed. Runs its source on a loop of its own.
 */

#include "base/buf.h"
#include "source/follow.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RECKONER_LINES = 1 << 17, /* numbers that a line may begin with */
    RECKONER_MARKS = 4096,
};

struct reckoner_origin {
    char *name;
    struct source_mark mark;
    uint64_t offset; /* of the next byte */
    struct buf torn; /* the line that goes on */
    bool is_closed;
    struct reckoner_origin *next;
};

struct reckoner_mark {
    char *name;
    struct source_mark mark;
    uint64_t order; /* of the commit */
};

struct reckoner {
    uv_loop_t loop;
    struct follow *follow;
    struct reckoner_origin *origins; /* the oldest first */
    struct reckoner_mark *marks;
    size_t mark_count;
    uint64_t commits;

    /* How often each line was counted: a line is a number and any text. */
    unsigned *counted; /* committed */
    unsigned *pending; /* since the last commit */
    size_t *touched;   /* the numbers of those */
    size_t touched_count;
    struct buf text;                     /* all bytes, in order */
    size_t others;                       /* lines without a number */
    struct follow_statistics statistics; /* at its end */

    unsigned notices[NOTICES];
    struct buf told; /* the notices' words */
    size_t opened;
    size_t open;
    bool is_dead; /* killed: hears nothing */
    bool closes_at_bytes;
    int ends;
};

struct reckoner *reckoner_new(void);
void reckoner_free(struct reckoner *reckoner);

/* Follows paths (NULL behind the last). */
void reckoner_start(struct reckoner *reckoner, bool from_start,
                    const char *const *paths);
void reckoner_commit(struct reckoner *reckoner);
void reckoner_stop(struct reckoner *reckoner); /* with a last commit */
void reckoner_kill(struct reckoner *reckoner); /* without */

void reckoner_turn(struct reckoner *reckoner); /* once, without waiting */

/* Until nothing more comes of what has been written so far. */
void reckoner_settle(struct reckoner *reckoner);

/* Runs until `is_so` holds; false: it did not within some seconds. */
bool reckoner_wait(struct reckoner *reckoner,
                   bool (*is_so)(struct reckoner *reckoner, const void *what),
                   const void *what);

/* How often line `number` was counted by now. */
unsigned reckoner_count(const struct reckoner *reckoner, size_t number);

/* Waits for lines [0, count), each once and no other; says what is not so. */
bool reckoner_hears(struct reckoner *reckoner, size_t count);

#endif
