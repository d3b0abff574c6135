/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_DESCRIBE_H
#define PULLWHY_WIRE_DESCRIBE_H

/*
 * Reads the output of `kubectl describe pod`: the rows under Events, and why a
 * container is waiting. All else is offered as plain text.
 *
 * What was said before (the pod, its node, the container) is kept in copies,
 * for the lines that say it was about them.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/decode.h"

#include <stdbool.h>
#include <stdint.h>

/* Init with {0}; describe_free() at the end. */
struct describe {
    struct buf name;
    struct buf namespace;
    struct buf node;
    struct buf container;
    struct buf image;
    bool is_pod;           /* "Node:" was seen; other objects have none */
    bool is_in_containers; /* below "Containers:" or "Init Containers:" */
    bool is_waiting;       /* the container's State is Waiting */
};

void describe_free(struct describe *describe);

/* Whether it remembers nothing: as new. */
bool describe_is_blank(const struct describe *describe);

/* The line with its leading blanks, which tell how deep it is. */
bool describe_looks(struct slice line);

/* Whether it is a row of the events, or their head: no other line is that. */
bool describe_is_row(struct slice line);
enum verdict describe_decode(struct describe *describe, struct slice line,
                             int64_t now, struct record *record);

#endif
