/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_ORDINARY_H
#define PULLWHY_WIRE_ORDINARY_H

/*
 * Tells a line that stands for itself from its head alone, without decoding it:
 * klog, logfmt, syslog, CRI, or a stamp with text. Such a line leaves nothing
 * with a decoder that has nothing kept (decoder_may_pass), and is not broken.
 * Where that is not sure, it is not ordinary: an object, the head of a table, a
 * piece of a line, what `kubectl describe` may have said.
 */

#include "base/slice.h"

#include <stdbool.h>

enum ordinary {
    ORDINARY_NOT,
    ORDINARY_LOOSE, /* text behind a stamp; a broken line may go on so, too */
    ORDINARY_WHOLE, /* begins a line, and nothing goes on with it */
    ORDINARY_FIRST, /* begins a line, which may be broken behind it */
};

/* The line, or as much of it as there is: more does not make it another. */
enum ordinary ordinary_read(struct slice line);

/*
 * How many bytes of the line are its outermost envelope, of syslog or CRI, with
 * a blank at the end; 0 if it has none. The line, and any that begins with such
 * an envelope, is of the *kind if ordinary_inside() is true of what it holds,
 * and else not ordinary.
 */
size_t ordinary_envelope(struct slice line, enum ordinary *kind);
bool ordinary_inside(struct slice text);

/* Whether it surely is no rest of the line before it. */
bool ordinary_begins(enum ordinary kind);

#endif
