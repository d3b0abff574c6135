/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_SHAPE_H
#define PULLWHY_WIRE_SHAPE_H

/*
 * Tells from an object's keys, as they come, that event_decode() takes it for
 * one of Kubernetes: an event, a row of a table, a pod or what is built like
 * one, alone or as the "object" of a watch. Such an object leaves nothing with
 * a decoder. Where that is not sure, it says no. Likewise that it is the record
 * of a logger, of which rows.h reads what is said by a name that is known.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* What the value is that begins. */
enum shape_role {
    SHAPE_ANY,
    SHAPE_SAID, /* what a logger's record says */
    SHAPE_TAG,  /* whether that is a whole line */
};

struct shape {
    size_t depth;         /* brackets around the object's own keys */
    bool is_within;       /* in its "object" */
    struct slice key;     /* that was read last */
    unsigned traits;      /* what was seen */
    enum shape_role role; /* of the value that began last */
};

/* A value begins behind the last key, within `depth` brackets. */
void shape_value(struct shape *shape, size_t depth, char first);

/* An object or array ended; so many brackets are open. */
void shape_end(struct shape *shape, size_t depth);

/* The traits of what stands one behind the other. */
struct shape_seen {
    unsigned once;
    unsigned twice;
};

static inline void
shape_see(struct shape_seen *seen, unsigned traits)
{
    seen->twice |= seen->once & traits;
    seen->once |= traits;
}

bool shape_is_cluster(const struct shape_seen *seen);
bool shape_is_logger(const struct shape_seen *seen);

#endif
