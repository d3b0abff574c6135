/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_HOLD_H
#define PULLWHY_WIRE_HOLD_H

/*
 * Keeps a line until the next one shows that it is whole. Two things make
 * several lines of one: a message that holds a newline, which kubectl prints as
 * it is, and a terminal or a mail program that broke a long line.
 *
 *   a registry's words   "denied: ..." behind a row           joined by "\n"
 *   what went wrong      behind "An error occurred: X_ERROR"  joined by "\n"
 *   a terminal's break   at 80 columns or more, mid-word      joined by ""
 *   a mail's break       before that, between words           joined by " "
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HOLD_GROWTH = 2, /* what is kept is decoded as it comes, and once more */
};

enum hold_kind {
    HOLD_LOG,
    HOLD_ROW,  /* of a table; only its message may hold newlines */
    HOLD_CODE, /* of az acr check-health, whose next line says the rest */
};

struct hold {
    struct buf text; /* what is kept */
    struct buf last; /* what was handed out; valid until the next is */
    size_t width;    /* columns of the first line */
    size_t end;      /* columns of the last one */
    size_t widest;
    size_t lines;
    enum hold_kind kind;
    bool is_marked; /* each line begins with ">", as quoted mail does */
    bool is_open;
    int64_t now; /* when the first line was fed */
};

/* Init with {0}. */
void hold_free(struct hold *hold);

/*
 * Whether a line that is no row may be the start of a broken one: it is wide,
 * though no wider than terminals are, or ends within quotes. A live one, which
 * no terminal has broken, only if it ends so.
 */
bool hold_may_go_on(struct slice line, bool is_marked, bool is_live);

/* Takes the ">" of quoted mail off. False: there is none. */
bool hold_unmark(struct slice *line);

/* Whether it is a code of az acr check-health. */
bool hold_is_code(struct slice message);

/* Begins with a line, and without is_marked. */
void hold_start(struct hold *hold, struct slice line, enum hold_kind kind,
                int64_t now);

/*
 * Adds the line if it goes on with what is kept; false if it does not. Ask only
 * for lines that are nothing of their own.
 */
bool hold_add(struct hold *hold, struct slice line);

/* Hands out what was kept. */
struct slice hold_stop(struct hold *hold);

#endif
