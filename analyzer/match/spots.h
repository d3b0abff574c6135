/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_SPOTS_H
#define PULLWHY_MATCH_SPOTS_H

/*
 * The few bytes of a text at which something may begin: those of one set
 * wherever they stand, and those of others where the byte behind them and the
 * ones before allow it. What lies between is passed over 64 bytes at a time.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spots_set {
    SPOTS_STOP,  /* wherever it stands */
    SPOTS_PAIR,  /* likewise, if one of SPOTS_NEXT is behind it */
    SPOTS_FIRST, /* likewise, where the byte before it is none of a word, too */
    SPOTS_NEXT,
    SPOTS_WORD, /* the bytes of words */
    SPOTS_SETS_PLAIN,
    /* a mark behind a key, maybe with others between */
    SPOTS_KEY = SPOTS_SETS_PLAIN, /* what a key ends with */
    SPOTS_BETWEEN,
    SPOTS_MARK,
    SPOTS_SETS,
};

enum {
    SPOTS_HALF = 16,
    SPOTS_STEP = 64, /* bytes; a bit for each */
};

/*
 * Sets of ASCII bytes: by the lower half of a byte a bit for each upper half
 * that makes it one of the set.
 */
struct spots {
    uint8_t low[SPOTS_SETS][SPOTS_HALF];
    bool is_beyond_first; /* all that is not ASCII is of SPOTS_FIRST, too */
    bool has_next;        /* else any byte is of SPOTS_NEXT, and the end too */
    bool has_keys;        /* else the last three sets are not looked at */
};

/* What the byte before a step is. */
enum {
    SPOTS_IN_WORD = 1,
    SPOTS_BEHIND_KEY = 2, /* or maybe so */
};

/* The spots among SPOTS_STEP bytes, a bit for each. */
typedef uint64_t spots_way(const struct spots *spots, const char *step,
                           unsigned before);

struct spots_reader {
    const struct spots *spots;
    spots_way *way;
    struct slice text;
    size_t start;  /* of the step that was read last */
    uint64_t hits; /* in it */
};

/* Beyond ASCII, only to SPOTS_FIRST, and then all of them. */
void spots_add(struct spots *spots, enum spots_set set, char byte);

/* The fastest way of this machine, and the one of any machine. */
spots_way *spots_best(void);
spots_way *spots_plain(void);

/* Reads on from `from`, a step that is not read yet. */
size_t spots_seek(struct spots_reader *reader, size_t from);

/* The reader views both; called again when the sets have changed. */
static inline void
spots_begin(struct spots_reader *reader, const struct spots *spots,
            struct slice text, size_t from)
{
    *reader = (struct spots_reader){.spots = spots,
                                    .way = spots_best(),
                                    .text = text,
                                    .start = from - SPOTS_STEP};
}

/*
 * The first spot at `from` or behind; the text's end if there is none. `from`
 * never goes back.
 */
static inline size_t
spots_next(struct spots_reader *reader, size_t from)
{
    size_t past = from - reader->start;
    uint64_t hits = past < SPOTS_STEP ? reader->hits >> past : 0;
    if (hits != 0) {
        return from + (size_t)__builtin_ctzll(hits);
    }
    return spots_seek(reader,
                      past < SPOTS_STEP ? reader->start + SPOTS_STEP : from);
}

#endif
