/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_ADVICE_H
#define PULLWHY_REPORT_ADVICE_H

/*
 * Remedies on paper: what to type, what it does, and how to find what is not
 * known yet.
 *
 * Each placeholder is explained once, beneath the first command that has it.
 * A command that changes something is always marked, with a word too, since
 * it is pasted in a hurry and colours may be off.
 */

#include "report/paper.h"
#include "report/remedy.h"

struct advice {
    struct paper *paper;
    struct filling *filling; /* what the remedies were filled from */
    bool is_explained[FACTS];
};

/* The title of a remedy; `number` counts from 1. */
void advice_add_title(struct advice *advice, const struct filled_remedy *remedy,
                      size_t number);

/* Its conditions, as one line; nothing if there are none. */
void advice_add_when(struct advice *advice, const struct remedy *remedy);

/* Its steps with their commands. */
void advice_add_steps(struct advice *advice,
                      const struct filled_remedy *remedy);

#endif
