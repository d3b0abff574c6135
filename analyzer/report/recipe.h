/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_RECIPE_H
#define PULLWHY_REPORT_RECIPE_H

/*
 * A template, read: what stands in it as it is, and between that what is to be
 * put in, and how the shell sees it there.
 *
 * A piece tells offsets in the template, so it may be kept for any that says
 * the same.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum place {
    PLACE_BARE,
    PLACE_SINGLE,  /* '...' */
    PLACE_DOUBLE,  /* "..." */
    PLACE_COMMENT, /* # ... */
    PLACE_PROSE,   /* no shell at all */
};

/* What is put in behind the plain part. */
enum piece_kind {
    PIECE_END,
    PIECE_FACT,
    PIECE_STRANGER, /* a name that no fact has */
    PIECE_SUBSCRIPTION,
};

struct piece {
    uint32_t start; /* of the plain part */
    uint32_t len;
    uint32_t name_len; /* of a name; it stands two bytes behind the part */
    uint8_t kind;      /* enum piece_kind */
    uint8_t place;     /* enum place */
    uint8_t fact;      /* enum fact */
};

/*
 * Appends its pieces, up to the one that is PIECE_END. Commands of az may be
 * given the subscription.
 */
void recipe_read(struct buf *pieces, struct slice template, enum place place,
                 bool has_subscription);

/*
 * Takes "{{name}}" off the front of a template; not what Go templates have, as
 * "{{.Name}}".
 */
bool recipe_take_name(struct slice *text, struct slice *name);

#endif
