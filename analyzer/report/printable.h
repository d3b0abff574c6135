/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PRINTABLE_H
#define PULLWHY_REPORT_PRINTABLE_H

/*
 * Text of strangers, made fit for a terminal.
 *
 * Whatever a terminal would obey, hide or turn around is shown, not sent:
 * control bytes ("\x1b", "\n"), C1 and bidirectional controls and marks
 * without width ("\u202e"), and bytes that are no UTF-8 ("\xff").
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PRINTABLE_BAD = 0xfffd, /* the code that stands for what is no UTF-8 */
};

/* One character of a text, as it is shown. */
struct printable_glyph {
    struct slice bytes; /* views the text */
    uint32_t code;      /* Unicode, PRINTABLE_BAD if the bytes have none */
    size_t cells;       /* that it takes when shown */
    bool is_plain;      /* shown as it is, not as an escape */
};

/* How many bytes at its begin are printable ASCII: shown as they are, one cell
 * each. */
size_t printable_run(struct slice text);

/* Likewise, up to what must be escaped within quotes. */
size_t printable_run_quoted(struct slice text);

/* As printable_run(), up to two blanks in a row. */
size_t printable_words(struct slice text);

/* Takes the next character off *rest; false at the end. */
bool printable_next(struct slice *rest, struct printable_glyph *glyph);
void printable_add_glyph(struct buf *out, const struct printable_glyph *glyph);

/* As JSON has it in a string: \u and four digits, twice beyond U+FFFF. */
void printable_add_json(struct buf *out, uint32_t code);

void printable_add(struct buf *out, struct slice text);

/* Cells that printable_add()'s text takes; East Asian wide ones take two. */
size_t printable_width(struct slice text);

/*
 * Likewise, but at most `cells` wide: what is too much is cut out behind the
 * first third, since a log line says where it is from first, and why last.
 */
void printable_add_cut(struct buf *out, struct slice text, size_t cells);

#endif
