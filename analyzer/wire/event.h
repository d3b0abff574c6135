/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_EVENT_H
#define PULLWHY_WIRE_EVENT_H

/*
 * Reads the Kubernetes objects that tell of pulls: events of core/v1 and of
 * events.k8s.io/v1, alone, in a watch's or an exporter's wrapping, or as the
 * row of a table; and the containers of a pod that wait for their image.
 *
 * An object is known by its shape, as the elements of a list do not say what
 * they are.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

enum event_shape {
    EVENT_NONE,    /* no object that says something here */
    EVENT_NOTHING, /* a pod without trouble, a bookmark, a node, ... */
    EVENT_RECORD,
};

/* What an object leaves for later: more containers of a pod. */
struct event {
    struct buf *scratch;      /* see unescape.h */
    struct slice statuses[3]; /* views the object */
};

/* Fills the record with the first that the object tells. */
enum event_shape event_decode(struct event *event, struct slice object,
                              struct record *record);

/*
 * Changes what differs for the pod's next waiting container; false: there is
 * none.
 */
bool event_more(struct event *event, struct record *record);

#endif
