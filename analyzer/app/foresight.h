/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_FORESIGHT_H
#define PULLWHY_APP_FORESIGHT_H

/*
 * Finds what can be passed over in blocks of a file (skim.h), or what is asked
 * for of their lines (ear.h), before they are fed, in the threads that read them
 * (source/blocks.h). Nothing else is done there: what matters is decoded and
 * counted by one thread, in order, so all that is found is the same.
 */

#include "app/foreseen.h"
#include "base/keyed.h"
#include "base/slice.h"
#include "match/classify.h"
#include "source/blocks.h"

#include <stddef.h>

struct foresight;

/*
 * The classifier must outlive it, with the catalogue that it has now. The secret
 * is the one that lines are asked for with; NULL: none are.
 */
struct foresight *foresight_new(const struct classifier *classifier,
                                const struct keyed *secret, unsigned threads);
void foresight_free(struct foresight *foresight); /* NULL is fine */

/* How blocks are read with it; nothing may be read any more when it is
 * freed. */
struct blocks_config foresight_config(struct foresight *foresight);

/*
 * What is known of the bytes that are about to be fed, once, and as long as
 * they are; NULL: nothing. They are fed at `now`. Then, when they were fed, how
 * that went.
 */
struct foreseen *foresight_take(struct foresight *foresight, struct slice bytes,
                                int64_t now);
void foresight_learn(struct foresight *foresight,
                     const struct foreseen *foreseen);

#endif
