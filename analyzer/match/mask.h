/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_MASK_H
#define PULLWHY_MATCH_MASK_H

/*
 * Hides names from the patterns.
 *
 * Images, tags, hosts and URLs may hold any word ("not-found", "403",
 * "timeout.example"), so no pattern may ever look at them. mask_text() copies
 * a message with each of them replaced by <image>, <url>, <host>, <addr>,
 * <tag> or <digest>, and notes what stood there; the facts are taken from these
 * notes. Patterns are written for the masked text.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum mask_kind {
    MASK_IMAGE,
    MASK_URL,
    MASK_HOST,
    MASK_ADDRESS,
    MASK_TAG,
    MASK_DIGEST,
    MASK_KINDS,
};

/* What stood in the text, without its quotes; a view of the text. */
struct mask_note {
    enum mask_kind kind;
    struct slice text;
    size_t at; /* offset of its mask in the masked text */
};

enum {
    MASK_NOTES = 64, /* names beyond these are hidden but not noted */
    MASK_IMAGES = 8, /* images that are known again where they stand bare */
};

struct mask {
    struct buf text; /* the masked text */
    struct mask_note notes[MASK_NOTES];
    size_t count;
    struct slice images[MASK_IMAGES]; /* views of the text, each once */
    bool is_plain[MASK_IMAGES];       /* which of them may be any word */
    size_t image_count;
};

/*
 * Masks `text`, replacing what *mask held. `known` is a reference that is known
 * to be the image's (it may stand bare, and may be a single word); it may be
 * empty. Init with {0}.
 */
void mask_text(struct mask *mask, struct slice text, struct slice known);

/* For tests: the same, looking at each byte. */
void mask_plainly(struct mask *mask, struct slice text, struct slice known);

/* Makes *part of a piece of the masked text, with the notes that lie in it. */
void mask_part(struct mask *part, const struct mask *whole, struct slice text);
void mask_free(struct mask *mask);

/* The first note of the kind, or NULL. */
const struct mask_note *mask_find(const struct mask *mask, enum mask_kind kind);

/*
 * Whether a registry calls so what it lacks: Harbor's "unknown: repository NAME
 * not found". It leaves its own name out.
 */
bool mask_is_registrys(const struct mask *mask, const struct mask_note *note);

#endif
