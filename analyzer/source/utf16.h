/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_UTF16_H
#define PULLWHY_SOURCE_UTF16_H

/*
 * UTF-16, as Windows PowerShell writes what is redirected into a file, turned
 * into UTF-8. It is known by the mark that it begins with.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    UTF16_MARK = 2, /* bytes */
};

/* Init with {0}; free the buf at the end. */
struct utf16 {
    struct buf out;
    uint32_t high;      /* the first half of a pair; 0: none */
    unsigned char torn; /* the first byte of a unit */
    bool is_torn;
    bool is_swapped; /* the high byte comes first */
};

/* Whether the first bytes are such a mark. */
bool utf16_begins(struct slice head);

/* Of such bytes, the first ones with their mark. */
void utf16_begin(struct utf16 *turned, struct slice *bytes);

/* The next bytes in UTF-8, valid until the next call; halves of pairs that
 * stand alone are U+FFFD. */
struct slice utf16_turn(struct utf16 *turned, struct slice bytes);

#endif
