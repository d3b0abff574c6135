/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_HIDE_H
#define PULLWHY_MATCH_HIDE_H

/*
 * What of a text is a name, where one may begin; mask.c goes over the text. All
 * that stands before is in the mask already.
 */

#include "base/slice.h"
#include "match/mask.h"

#include <stdbool.h>
#include <stddef.h>

/* Remembers a name that may stand bare later on. */
void hide_learn(struct mask *mask, struct slice name);

/* Puts a mask where the name would stand, and notes the name. */
void hide_note(struct mask *mask, enum mask_kind kind, struct slice text);

/* Whether what stands before leads a quoted image. */
bool hide_follows_lead(const struct mask *mask);

/* Whether an image met before may begin the text, whatever stands before. */
bool hide_may_be_noted(const struct mask *mask, struct slice text);

/*
 * How many bytes of `text` are masked as a bare name; 0 if none. For `barren`
 * see name.h.
 */
size_t hide_bare(struct mask *mask, struct slice text, const char **barren);

/* Masks what begins here; returns the bytes taken, 0 if nothing does. */
size_t hide_next(struct mask *mask, struct slice text, bool is_start,
                 const char **barren);

#endif
