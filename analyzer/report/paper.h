/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAPER_H
#define PULLWHY_REPORT_PAPER_H

/*
 * The page that text reports are written on: ink, labels, wrapped prose,
 * commands that can be copied.
 *
 * All text goes through printable, so nothing here can send an escape that is
 * not ours. Prose is wrapped as English and Japanese ask; commands never are.
 */

#include "report/printable.h"
#include "report/report.h"

enum {
    PAPER_LABEL = 2,    /* where labels stand */
    PAPER_COMMAND = 4,  /* where commands stand */
    PAPER_VALUE = 12,   /* where the text of a label stands */
    PAPER_COLUMNS = 80, /* if the terminal's are not known */
    PAPER_PROSE = 100,  /* wider prose is tiring to read */
};

enum ink {
    INK_PLAIN,
    INK_BOLD,
    INK_DIM,
    INK_GOOD,
    INK_LOOK,
    INK_CHANGE,
    INK_WARNING,
    INK_ERROR,
    INK_CRITICAL,
};

struct paper {
    struct buf *out;
    const struct report_style *style;
    size_t columns; /* of the terminal */
    size_t prose;   /* of wrapped text */
};

struct paper paper_of(struct buf *out, const struct report_style *style);

void paper_ink(struct paper *paper, enum ink ink); /* until the next ink */
void paper_blanks(struct paper *paper, size_t count);

/* One word in ink, and blanks up to `cells`; at least one blank. */
void paper_cell(struct paper *paper, enum ink ink, struct slice text,
                size_t cells);

/* A label at its place, the cursor then at PAPER_VALUE. */
void paper_label(struct paper *paper, enum ink ink, struct slice label);

/*
 * Wraps the text; the cursor is at `column`, further lines begin at `indent`.
 * A newline in it counts as a blank, an empty line stays one. Ends the line.
 */
void paper_wrap(struct paper *paper, struct slice text, size_t column,
                size_t indent);

/* Likewise, of a text of the catalogue, which is wrapped once for a style. */
void paper_wrap_own(struct paper *paper, struct slice text, size_t indent);

/*
 * Appends the text as one line, however it is broken: the catalogue's lines are
 * broken for who writes them, not for who reads.
 */
void paper_flatten(struct buf *out, struct slice text);

/* A log line, cut in the middle if over-long; its blanks are kept. */
void paper_quote(struct paper *paper, struct slice text, size_t indent);

/* A command of one or several lines, as it is to be typed. */
void paper_command(struct paper *paper, enum ink ink, struct slice text);

#endif
