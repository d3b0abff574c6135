/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_FORESEEN_H
#define PULLWHY_APP_FORESEEN_H

/*
 * What is known of a chunk before it is fed, and how feeding it went: one
 * thing is looked for, as mostly lines are passed over, or lines say what one
 * before them said, or objects stand one behind the other.
 */

#include "app/ear.h"
#include "app/skim.h"
#include "app/skim_document.h"

#include <stddef.h>
#include <stdint.h>

struct foreseen {
    struct skim_runs runs;
    struct hearing hearing;
    struct skim_found found;
    uint64_t known; /* bytes of lines that were known; whoever feeds counts */
};

#endif
