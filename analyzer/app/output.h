/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OUTPUT_H
#define PULLWHY_APP_OUTPUT_H

/*
 * Standard output carries findings, standard error all else. A reader of
 * standard output that goes away ends the program quietly.
 */

#include "app/options.h"
#include "base/buf.h"
#include "base/mem.h"
#include "report/table.h"

#include <stdbool.h>

/* To the start of a terminal's line, which is blank then. */
#define OUTPUT_ERASE "\r\033[K"

/* Writes and clears *out at once; false if nobody reads any more. */
bool output_write(struct buf *out);

/* Likewise to a descriptor; 0, or the negative error number. */
int output_write_to(int fd, struct buf *out);

/* Prints a table's rows in that form. */
void output_table(const struct table *table, enum output form);

/* Standard error is a terminal that knows escapes. */
bool output_warns_terminal(void);

/*
 * A line on standard error behind "pullwhy: "; control bytes are shown. On a
 * terminal it takes the place of a bar (app/progress.h) that stands there.
 */
void output_warn(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
