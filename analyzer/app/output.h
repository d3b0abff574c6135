/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OUTPUT_H
#define PULLWHY_APP_OUTPUT_H

/*
 * Standard output carries findings, standard error all else. A reader of
 * standard output that goes away ends the program quietly.
 */

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>

/* Writes and clears *out at once; false if nobody reads any more. */
bool output_write(struct buf *out);

/* A line on standard error behind "pullwhy: "; control bytes are shown. */
void output_warn(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
