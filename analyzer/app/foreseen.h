/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_FORESEEN_H
#define PULLWHY_APP_FORESEEN_H

/*
 * What is known of a chunk before it is fed, and how feeding it went: one of
 * two things is looked for, as either most lines are passed over or most say
 * what one before them said.
 */

#include "app/ear.h"
#include "app/skim.h"

#include <stddef.h>
#include <stdint.h>

struct foreseen {
    struct skim_runs runs;
    struct hearing hearing;
    uint64_t known; /* bytes of lines that were known; whoever feeds counts */
};

#endif
