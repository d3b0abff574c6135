/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_BLANK_H
#define PULLWHY_STORE_BLANK_H

/*
 * A new history as a copy of one that was made when the program was built,
 * which is what the migrations make, at a tenth of the price.
 *
 * The law: the file is there whole or not at all, and what is there already is
 * not touched. Where it cannot be done so, nothing is, and whoever opens the
 * history makes it by the migrations.
 */

#include "base/buf.h"

#include <stdbool.h>

/* Whether the file is the copy. */
bool blank_place(const char *path);

/*
 * Likewise, but beside its place, where nobody looks for it; *draft gets the
 * name. Only if nothing is in either place; what a run that was killed left
 * there is taken away for the next one.
 */
bool blank_draft(const char *path, struct buf *draft);

/*
 * Writes the draft, which nobody has open, to the disk and gives it its place.
 * False if that is taken meanwhile, or could not be done. The draft's own name
 * is gone in any case.
 */
bool blank_publish(const char *draft, const char *path);

#endif
