/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_NEEDLE_H
#define PULLWHY_MATCH_NEEDLE_H

/*
 * The literal prefilter: a text that holds none of a set of literals cannot
 * matter, and nearly all lines are of that kind. It never says no to a text
 * that holds one.
 */

#include "base/embedded.h"
#include "base/slice.h"
#include "match/teddy.h"

#include <stdbool.h>
#include <stddef.h>

struct needle_set;

struct needle_set *needle_set_new(void);
void needle_set_free(struct needle_set *set); /* NULL is fine */

/* Adds a literal of at least two bytes; the set copies it. */
void needle_set_add(struct needle_set *set, struct slice literal);

/*
 * After the last literal, before the first search. `known` are windows that were
 * chosen for such a set before, the last one with the length 0; or NULL. As far
 * as they do none is chosen, which takes time; and a second or so where there
 * were to be some, but are none yet.
 */
void needle_set_close(struct needle_set *set,
                      const struct embedded_window *known);

/* What was chosen for a closed set; false behind the last one. */
bool needle_set_window(const struct needle_set *set, size_t index,
                       struct embedded_window *window);

/* For tests: searches another way; false if the machine cannot. */
bool needle_set_force(struct needle_set *set, enum teddy_way way);

/*
 * Where a literal of the set begins, at `from` or behind; SLICE_NONE if there
 * is none. Of those behind `from` none ends before this one begins.
 */
size_t needle_next(const struct needle_set *set, struct slice text,
                   size_t from);

/*
 * A piece of a text that was read once, for many questions; where newlines
 * stand is in marks.ends, from `start` on.
 */
struct needle_block {
    struct slice text;
    size_t start;
    size_t end;  /* the last window begins before it, and no newline behind */
    size_t busy; /* the next step that may matter */
    struct teddy_marks marks;
};

/* Reads on from `start`; at most TEDDY_BLOCK bytes. */
void needle_read(const struct needle_set *set, struct slice text, size_t start,
                 struct needle_block *block);

/*
 * As needle_next() in the block's text; SLICE_NONE: no literal that begins at
 * `from` or behind ends within the block. `from` never goes back.
 */
size_t needle_stands(const struct needle_set *set, struct needle_block *block,
                     size_t from);

/* Whether the text holds a literal of the set. */
bool needle_find(const struct needle_set *set, struct slice text);

#endif
