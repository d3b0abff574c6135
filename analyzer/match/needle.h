/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_NEEDLE_H
#define PULLWHY_MATCH_NEEDLE_H

/*
 * The literal prefilter: a text that holds none of a set of literals cannot
 * matter, and nearly all lines are of that kind. It never says no to a text
 * that holds one.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct needle_set;

struct needle_set *needle_set_new(void);
void needle_set_free(struct needle_set *set); /* NULL is fine */

/* Adds a literal of at least two bytes; the set copies it. */
void needle_set_add(struct needle_set *set, struct slice literal);

/* Whether the text holds a literal of the set. */
bool needle_find(const struct needle_set *set, struct slice text);

#endif
