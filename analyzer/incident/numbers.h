/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_NUMBERS_H
#define PULLWHY_INCIDENT_NUMBERS_H

/*
 * Numbers that stand for incidents where thousands of pointers would be too
 * large. A number that is given back is used again.
 */

#include "incident/incident.h"

#include <stddef.h>
#include <stdint.h>

/* Init with {0}. */
struct numbers {
    struct incident **incidents; /* NULL: the number was given back */
    size_t count;
    size_t room;
    size_t vacant; /* no smaller one was given back */
};

void numbers_free(struct numbers *numbers);

/* The incident's; it gets the least that is free, if it has none yet. */
uint32_t numbers_of(struct numbers *numbers, struct incident *incident);
void numbers_return(struct numbers *numbers, struct incident *incident);

static inline struct incident *
numbers_at(const struct numbers *numbers, uint32_t number)
{
    return numbers->incidents[number - 1];
}

#endif
