/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_INNER_H
#define PULLWHY_WIRE_INNER_H

/*
 * Looks into JSON whose names nobody knows: a search's answer, a store's
 * export, an audit's record, a program with keys of its own.
 *
 *   {"hits": {"hits": [{"_id": "x", "_source": {"message": ...}}, ...
 *   {"stream": {...}, "values": [["1795453200000000000", ...], ...
 *
 * All that is in brackets is visited, from the outside in and from left to
 * right. It is text throughout, as value.h reads it, so nothing is allocated.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    INNER_DEPTH = 6, /* brackets in brackets; what is deeper is passed over */
};

/* {0}: there is nothing more. */
struct inner {
    struct slice rest; /* not yet visited */
    size_t depth;      /* brackets that are open */
    size_t quiet;      /* 0, or so deep only what is known may speak */
};

/* Begins within an object or array. False: nothing in it is heard. */
bool inner_open(struct inner *inner, struct slice value);

/*
 * The next object or array, whose inside comes next; false: no more. In which
 * no sentence is, and no image's trouble, is passed over.
 */
bool inner_next(struct inner *inner, struct slice *value);

/* Of the one that came last the inside is passed over. */
void inner_pass(struct inner *inner, struct slice value);

/* It spoke for itself: what is in it is heard only if its names are known. */
void inner_hush(struct inner *inner);
bool inner_is_hushed(const struct inner *inner);

/*
 * What an object or array says itself, as it is written, with its quotes: the
 * longest of its own strings that is a sentence, or names an image's trouble.
 * Empty: nothing.
 */
struct slice inner_text(struct slice value);

#endif
