/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OUTPUT_H
#define PULLWHY_APP_OUTPUT_H

/*
 * Standard output carries findings, standard error all else. A reader of
 * standard output that goes away ends the program quietly.
 */

#include "app/options.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "report/table.h"

#include <stdbool.h>

/* To the start of a terminal's line, which is blank then. */
#define OUTPUT_ERASE "\r\033[K"

/* Writes and clears *out at once. */
MUST_CHECK bool output_write(struct buf *out, struct fault *fault);

/* Likewise to a descriptor; 0, or the negative error number. */
int output_write_to(int fd, struct buf *out);

/*
 * What became of that on standard output: half an answer is none, but a reader
 * that goes away has seen enough.
 */
MUST_CHECK bool output_went(int error, struct fault *fault);

/* Prints a table's rows in that form. */
MUST_CHECK bool output_table(const struct table *table, enum output form,
                             struct fault *fault);

/* Standard error is a terminal that knows escapes. */
bool output_warns_terminal(void);

/*
 * A line on standard error behind "pullwhy: "; control bytes are shown. On a
 * terminal it takes the place of a bar (app/progress.h) that stands there.
 */
void output_warn(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
