/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_VALUE_H
#define PULLWHY_WIRE_VALUE_H

/*
 * Reads JSON without building a tree: members and elements are taken off a
 * text one after the other, as views of it. Nothing is allocated, and nothing
 * calls itself, however deep the text is.
 *
 * The text should have passed document.h. One that has not gives some nonsense
 * or nothing, but is never left, and always comes to an end.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct value_member {
    struct slice key;   /* without its quotes, still escaped */
    struct slice value; /* with its quotes or brackets */
};

bool value_is_object(struct slice value);
bool value_is_array(struct slice value);
bool value_is_string(struct slice value);

/* What is between the brackets of an object or array; else empty. */
struct slice value_inside(struct slice value);

/* Takes the next one off what value_inside() gave; false at the end. */
bool value_next_member(struct slice *rest, struct value_member *member);
bool value_next_element(struct slice *rest, struct slice *value);

/* values[i] gets the first member called names[i], or the empty slice. */
void value_pick(struct slice object, const char *const names[],
                struct slice values[], size_t count);

/*
 * A string without its quotes and escapes, or a number or word as it is;
 * empty for null, objects and arrays. For the scratch see unescape.h: ask once
 * for each value.
 */
struct slice value_text(struct slice value, struct buf *scratch);

/* A text that was written as an array of its bytes, as journald does. */
struct slice value_bytes(struct slice array, struct buf *scratch);

/* A whole number, in quotes too. */
bool value_u64(struct slice value, uint64_t *number);

/*
 * How long the object or array at the start is, with its brackets. One that is
 * not closed goes to the end: to try again from the next blank would take
 * square time on a hostile line.
 */
size_t value_bracketed_len(struct slice text);

#endif
