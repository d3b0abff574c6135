/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_LEAD_H
#define PULLWHY_MATCH_LEAD_H

/* Words of runtimes and registries behind which a name stands bare. */

#include "base/slice.h"
#include "match/mask.h"

#include <stdbool.h>

struct lead {
    struct slice words; /* of the text */
    struct slice name;  /* behind them; empty if there is no lead */
    enum mask_kind kind;
    bool is_way; /* the name may be two addresses, "A->B" */
};

/* Whether words of a lead stand here, with a name behind them or not. */
bool lead_may_be(struct slice text);

/* The lead that `text` begins with; text has a byte at least. */
struct lead lead_of(struct slice text);

/* "lookup H on IP:53:", "reading manifest T in H/R:" go on after their name. */
struct lead lead_of_tail(struct slice masked, struct slice text);

/* Whether `text` begins as one that goes on does. */
bool lead_may_be_tail(struct slice text);

enum {
    LEAD_LONGEST = 32, /* no lead of a quoted image has as many bytes */
};

/* Whether what ends the masked text leads a quoted image reference. */
bool lead_is_of_image(struct slice masked);

#endif
