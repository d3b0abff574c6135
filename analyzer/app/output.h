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

/* Writes and clears *out at once; false if nobody reads any more. */
bool output_write(struct buf *out);

/* Likewise to a descriptor; 0, or the negative error number. */
int output_write_to(int fd, struct buf *out);

/* Prints a table's rows in that form. */
void output_table(const struct table *table, enum output form);

/* A line on standard error behind "pullwhy: "; control bytes are shown. */
void output_warn(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
