/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_LEAD_H
#define PULLWHY_MATCH_LEAD_H

/* Words of runtimes and registries behind which a name stands bare. */

#include "base/slice.h"
#include "match/mask.h"

#include <stdbool.h>
#include <stdint.h>

struct lead {
    struct slice words; /* of the text */
    struct slice name;  /* behind them; empty if there is no lead */
    enum mask_kind kind;
    bool is_way; /* the name may be two addresses, "A->B" */
};

/* What is the second byte of leads, by the first; there are two at most. */
extern const char lead_seconds[UINT8_MAX + 1][2];

/* Whether a lead may begin with these two bytes; nearly all say no. */
static inline bool
lead_begins(char first, char second)
{
    const char *seconds = lead_seconds[(unsigned char)first];
    return seconds[0] == second || seconds[1] == second;
}

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

/*
 * Whether "image ", "tag " or the like may end there, of which the beginning may
 * not be in the text; most say no.
 */
static inline bool
lead_may_end(struct slice text)
{
    char last = '\0';
    if (text.len > 1) {
        last = text.data[text.len - 2];
    }
    return text.len == 0
        || (text.data[text.len - 1] == ' '
            && (text.len == 1 || last == 'e' || last == 'g'
                || (unsigned char)last >= 0x80));
}

/* Whether what ends the masked text leads a quoted image reference. */
bool lead_is_of_image(struct slice masked);

#endif
