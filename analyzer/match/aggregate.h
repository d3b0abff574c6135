/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_AGGREGATE_H
#define PULLWHY_MATCH_AGGREGATE_H

/*
 * Splits what kubelet says when it tried several credentials: each attempt's
 * error, as "[ERROR, ERROR]" (apimachinery's Aggregate). Errors hold commas and
 * brackets themselves, so it splits only where a new error surely begins. Give
 * it masked text (mask.h), since an image's name may look like such a list.
 */

#include "base/slice.h"

#include <stddef.h>

enum {
    AGGREGATE_MAX = 8, /* members; what is beyond stays in the last one */
};

struct aggregate {
    struct slice head; /* what stands before the bracket; or all of it */
    struct slice members[AGGREGATE_MAX];
    size_t count; /* 0 if the text is no aggregate */
};

/* The parts view `text`. */
void aggregate_split(struct slice text, struct aggregate *aggregate);

#endif
