/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_LISTING_H
#define PULLWHY_SOURCE_FOLLOW_LISTING_H

/*
 * The names in a folder, sorted, so that ten thousand paths of one folder do
 * not read it ten thousand times.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Init with {0}. */
struct follow_listing {
    struct buf folder;  /* with its slash */
    struct buf text;    /* the names, a NUL behind each */
    const char **names; /* views of it */
    size_t count;
    bool is_kept; /* what was read is good enough until this is set to false */
};

/* Reads the folder, unless it is the one that is kept. One that cannot be read
 * has no names. */
void follow_listing_read(struct follow_listing *listing, struct slice folder);

/* The first name that begins with `prefix`, or where it would stand. */
size_t follow_listing_find(const struct follow_listing *listing,
                           struct slice prefix);

/* From now on the same folder is read once, or each time. */
void follow_listing_keep(struct follow_listing *listing, bool is_kept);
void follow_listing_free(struct follow_listing *listing);

#endif
