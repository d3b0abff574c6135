/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_CSV_H
#define PULLWHY_WIRE_CSV_H

/*
 * Reads exports with commas, as Azure Monitor makes them: a head that names
 * the columns, then rows, whose quoted cells may hold doubled quotes, commas
 * and newlines.
 *
 * Only a head with a message and two more names that fields.h knows begins a
 * table; a line with another number of cells is none of its rows.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/fields.h"

#include <stdbool.h>

enum {
    CSV_COLUMNS = 64,          /* of more, the rest is passed over */
    CSV_LINES = 256,           /* in a row; a quote that nobody closed ends */
    CSV_ROW_MAX = 1024 * 1024, /* bytes */
};

enum csv_step {
    CSV_FOREIGN, /* no row */
    CSV_MORE,    /* a row that goes on */
    CSV_ROW,     /* a row ended */
    CSV_BROKEN,  /* a row never ended */
};

struct csv {
    bool has_head;
    bool is_open;   /* within a row */
    bool is_quoted; /* at the end of the line */
    size_t lines;   /* of the row */
    size_t columns;
    struct buf head;
    struct buf row;
};

void csv_free(struct csv *csv);

/* Takes the line for the head of a table, if it is one. */
bool csv_read_head(struct csv *csv, struct slice line);

/* Below a head. */
enum csv_step csv_read(struct csv *csv, struct slice line);

/* The cells of the row that ended; valid until the next line is read. */
void csv_row(struct csv *csv, struct fields *fields);

#endif
