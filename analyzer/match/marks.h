/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_MARKS_H
#define PULLWHY_MATCH_MARKS_H

/*
 * Words that tell what a message is about: a pull, and how it went.
 */

#include "base/slice.h"
#include "match/lexicon.h"

#include <stdbool.h>
#include <stddef.h>

enum mark_kind {
    MARK_SUCCESS, /* the image was pulled */
    MARK_THERE,   /* it was there already */
    MARK_FAILED,  /* surely a pull that failed */
    MARK_PULL,    /* about a pull; whether it failed, other words tell */
    MARKS,
};

/* Init with {0}. */
struct marks_seen {
    bool is[MARKS];
    bool is_other; /* a push, a build or a chart */
    bool is_told;  /* what gather_told() looks for may stand there */
};

struct marks;

/* Adds the words to a lexicon that may hold more. */
struct marks *marks_new(struct lexicon *lexicon);
void marks_free(struct marks *marks); /* NULL is fine */

/* Adds what stands in the masked text that the lexicon read last. */
void marks_see(const struct marks *marks, const struct lexicon *lexicon,
               struct marks_seen *seen);

/* Adds what was seen elsewhere. */
void marks_join(struct marks_seen *seen, const struct marks_seen *more);

/*
 * The part of a mark that stands in the raw line, whatever its escaping; NULL
 * behind the last.
 */
const char *marks_raw(size_t index);

#endif
