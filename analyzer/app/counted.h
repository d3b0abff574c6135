/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_COUNTED_H
#define PULLWHY_APP_COUNTED_H

/*
 * Inputs that are read to their end: how far one was counted before, if that
 * still stands there.
 */

#include "app/engine.h"
#include "source/tail.h"

/*
 * A new origin, of which the pipeline knows what the history has of it; what
 * was written anew is said and counted from its start. NULL: no file.
 */
struct origin *counted_open(struct engine *engine, const char *name,
                            const struct tail *tail);

/* In the tail's on_end(). */
void counted_end(struct engine *engine, struct origin *origin,
                 const struct tail *tail);

#endif
