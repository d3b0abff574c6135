/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_ALIKE_H
#define PULLWHY_WIRE_ALIKE_H

/*
 * Remembers heads of ordinary lines (ordinary.h), so that what a line is can
 * mostly be told by comparing its bytes with those of an earlier line.
 *
 * A head ends at a blank, and ordinary_read() says of it what it says of the
 * whole line, as it does of what ends at an earlier blank. Another line with
 * that head is of the same kind, also if digits are other digits where
 * ordinary_read() asks no more of them than that they are digits, for:
 *
 * - each word, number and name that it reads ends at a blank at the latest, so
 *   none of those in the head goes on behind it. Two things have a blank
 *   within: "LAST SEEN", which it asks for where more than "LAST " is there,
 *   and "HOST PROGRAM[1]: ", if the text may as well begin with HOST; that is
 *   known one blank later;
 * - what it seeks behind blanks (the bracket of klog's head, a quote or bracket
 *   that closes a value, "msg=") stands in the head, else the head alone would
 *   not be ordinary: what is open swallows all that follows;
 * - it reads numbers only in stamps. Of a clock "16:28:59" the minutes and
 *   seconds may be others up to 59; all other digits before the head's last
 *   clock must be the same. Behind it they need only be digits, and fewer than
 *   a number's that is too large;
 * - the only thing it asks of a line's end is that "msg=" does not stand there,
 *   so a line that ends in "=" or a blank is read.
 *
 * Or the head is an envelope's (ordinary_envelope), and what it holds is read.
 */

#include "base/slice.h"
#include "wire/ordinary.h"

enum {
    ALIKE_HEAD = 128, /* bytes of the longest head */
};

struct alike;

struct alike *alike_new(void);
void alike_free(struct alike *alike); /* NULL is fine */

/* For tests: compares as it does where the machine has nothing better. */
void alike_be_plain(struct alike *alike);

/*
 * What ordinary_read() says of the first `len` bytes of the text, which are a
 * line without its newline.
 */
enum ordinary alike_read(struct alike *alike, struct slice text, size_t len);

#endif
