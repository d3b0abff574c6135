/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_TABLE_H
#define PULLWHY_REPORT_TABLE_H

/*
 * Rows and columns for a terminal, as wide as their cells (East Asian ones
 * count as two), or for another program. What a cell holds is shown, never
 * obeyed: not by a terminal, a browser or a spreadsheet.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct table;

/* The names are copied, as are the cells that are added. */
struct table *table_new(const char *const *names, size_t columns);
struct table *table_new_slices(const struct slice *names, size_t columns);
void table_free(struct table *table); /* NULL is fine */

/* Whether these are the table's columns. */
bool table_is_named(const struct table *table, const struct slice *names,
                    size_t columns);

/* As many cells as columns; one whose data is NULL is an SQL NULL. */
void table_add(struct table *table, const struct slice *cells);
size_t table_rows(const struct table *table);

/* Columns in which every cell is a number stand to the right. */
void table_render_text(const struct table *table, struct buf *out);

/* Likewise, with lines around the cells. */
void table_render_box(const struct table *table, struct buf *out);

/*
 * RFC 4180 with a head, lines ended by LF alone; an SQL NULL is empty. A text
 * that a spreadsheet would take for a formula gets a ' in front.
 */
void table_render_csv(const struct table *table, struct buf *out);

/* A table of GitHub's Markdown; nothing in a cell is markup. */
void table_render_markdown(const struct table *table, struct buf *out);

/* An object and a newline for each row; numbers as numbers. */
void table_render_json(const struct table *table, struct buf *out);

#endif
