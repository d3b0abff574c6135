/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_UNESCAPE_H
#define PULLWHY_WIRE_UNESCAPE_H

/*
 * Takes Go's (and JSON's) quoting off a text.
 *
 * The law of the scratch: whoever cleared it reserved as many bytes as the
 * line is long, and each byte of the line is unescaped into it once at most.
 * So it never moves while a line is decoded, and views of it stay good; deeper
 * layers are taken off in place, since no escape is shorter than what it means.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

enum {
    UNESCAPE_LAYERS = 8, /* a text quoted more often stays so: it is hostile */
};

/*
 * Takes a quoted text off the front of *rest; *raw gets what is between the
 * quotes, still escaped. One that is not closed goes to the end.
 */
bool unescape_cut(struct slice *rest, struct slice *raw);

/* Where the quote is that ends the string which began before `from`. */
size_t unescape_end(struct slice text, size_t from);

/* One layer; a text without a backslash is given back as it is. */
struct slice unescape_once(struct slice raw, struct buf *scratch);

/* Layer by layer, until no backslash is before a quote. */
struct slice unescape_all(struct slice raw, struct buf *scratch);

#endif
