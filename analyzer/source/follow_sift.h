/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_SIFT_H
#define PULLWHY_SOURCE_FOLLOW_SIFT_H

/*
 * Sifts what stands at a path and beside it: which files are generations that
 * nobody has read, which go on where another was left, and which are known.
 */

#include "source/follow_trail.h"

#include <stdbool.h>

/* What remembers the host of the trail's name? Before all else, once. */
void follow_sift_recall(struct follow_trail *trail);

/* Where to read on in the file that stands at the path. */
void follow_sift_current(struct follow_trail *trail, struct follow_file *file,
                         struct source_mark *mark);

/* Where a content begins that is read from its start: behind a hole. */
void follow_sift_start(struct follow_file *file, struct source_mark *mark);

/* Opens each generation beside the path that is to be read, the oldest first.
 * `is_first`: what is unknown is left alone, unless it is new. */
void follow_sift_older(struct follow_trail *trail, bool is_first);

/* Whether `name`, in the trail's folder, may be that of one. */
bool follow_sift_is_older(const struct follow_trail *trail, const char *name);

/*
 * `file` was truncated under us: finds a copy of what it held, which then takes
 * its origin and its place. *is_short: there is a copy, with nothing new in it.
 */
bool follow_sift_copy(struct follow_trail *trail, struct follow_file *file,
                      bool *is_short);

/* To be told from a copy or a packed one of it once it is closed. */
void follow_sift_remember(struct follow_trail *trail,
                          const struct follow_file *file);

#endif
