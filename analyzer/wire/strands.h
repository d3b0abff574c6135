/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_STRANDS_H
#define PULLWHY_WIRE_STRANDS_H

/*
 * Objects that were printed over many lines, each of which came in an envelope
 * of its own:
 *
 *   2026-11-23T17:00:00.1Z stdout F {
 *   2026-11-23T17:00:00.1Z stdout F     "kind": "Event",
 *
 * Each stream of each writer is put together for itself. Of writers that print
 * at once, STRANDS are followed; the one heard of longest ago makes room.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/document.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STRANDS = 8,
};

enum strands_step {
    STRANDS_NONE,  /* the line is of no object; *object is one that it broke */
    STRANDS_MORE,  /* the object goes on, or its list does */
    STRANDS_WHOLE, /* *object is whole, or an element of a list */
};

struct strand {
    struct buf key;
    struct document document;
    uint64_t since; /* where its object begins */
    uint64_t used;
};

struct strands {
    struct strand strand[STRANDS];
    struct buf key; /* of the line that is read */
    uint64_t line;  /* where that stands */
    uint64_t began; /* where the object begins that was handed out */
    uint64_t clock;
};

/* Init with {0}. */
void strands_free(struct strands *strands);

/* How many bytes are kept; of an open list it may be none. */
size_t strands_len(const struct strands *strands);
bool strands_is_open(const struct strands *strands);

/*
 * Reads a line of the writer that strands->key names. The object, empty if
 * there is none, is valid until the next line. Of two that end on one line the
 * first is handed out.
 */
enum strands_step strands_read(struct strands *strands, struct slice line,
                               struct slice *object);

/* Whether a part of an object is kept, and where the first of them begins. */
bool strands_hold_from(const struct strands *strands, uint64_t *from);

/* At the end: the start of an object whose end never came; false: no more. */
bool strands_stop(struct strands *strands, struct slice *object);

#endif
