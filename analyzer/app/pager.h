/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_PAGER_H
#define PULLWHY_APP_PAGER_H

/*
 * Long answers on a terminal go through $PAGER, or less if it is not set; an
 * empty one, or cat, is none. What fits the terminal is printed at once.
 */

#include "app/commands.h"
#include "base/buf.h"

/* Writes and clears *out. */
MUST_CHECK bool pager_write(const struct app *app, struct buf *out,
                            struct fault *fault);

#endif
