/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_JOT_H
#define PULLWHY_REPORT_JOT_H

/*
 * JSON Lines, written where they are to go: what is told of an incident is told
 * at once, and a tree of it would cost more than all else.
 *
 * The bytes are those that json_finish() makes of the same tree: always valid
 * UTF-8, one line an object, and nothing in it that a terminal would obey. Only
 * numbers of more than 15 digits have all of theirs. `key` is NULL within a
 * list.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct kept;

void jot_object(struct buf *out, const char *key);
void jot_object_end(struct buf *out);
void jot_list(struct buf *out, const char *key);
void jot_list_end(struct buf *out);
void jot_line_end(struct buf *out); /* of the outmost object */

/* A string; what is no UTF-8, and NUL, becomes U+FFFD. */
void jot_text(struct buf *out, const char *key, struct slice text);
void jot_bool(struct buf *out, const char *key, bool value);
void jot_number(struct buf *out, const char *key, uint64_t number);

/* Unknown is absent: an empty text, or a time of 0, adds nothing. */
void jot_known(struct buf *out, const char *key, struct slice text);
void jot_time(struct buf *out, const char *key, int64_t us); /* RFC 3339, UTC */

/* The catalogue's lines are broken for who writes them, not for who reads. */
void jot_prose(struct buf *out, const char *key, struct slice text);

/*
 * jot_known() and jot_prose() of a text that is the catalogue's, and the same
 * for all: it is made once, if there is something to keep it in.
 */
void jot_own(struct buf *out, const char *key, struct slice text,
             struct kept *kept);
void jot_own_prose(struct buf *out, const char *key, struct slice text,
                   struct kept *kept);

#endif
