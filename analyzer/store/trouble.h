/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_TROUBLE_H
#define PULLWHY_STORE_TROUBLE_H

/*
 * What is the matter with a history, as far as it decides what to do: wait,
 * move the file away, begin a new one, or leave it alone.
 */

#include "base/fault.h"

enum trouble {
    TROUBLE_NONE,
    TROUBLE_LOCKED,     /* another program holds it */
    TROUBLE_FULL,       /* no space is left */
    TROUBLE_UNWRITABLE, /* a file, folder or file system that is read-only */
    TROUBLE_CORRUPT,
    TROUBLE_GONE,    /* removed, or replaced by another file */
    TROUBLE_REFUSED, /* another program's, or a newer pullwhy's */
    TROUBLE_OTHER,
    TROUBLES,
};

/* Of a fault that the store has set. */
enum trouble trouble_of(const struct fault *fault);

const char *trouble_name(enum trouble trouble);

#endif
