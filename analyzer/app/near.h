/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_NEAR_H
#define PULLWHY_APP_NEAR_H

/* "Did you mean": finds the name that a word is most likely a slip of. */

#include "base/slice.h"

#include <stddef.h>

/* Init with {.word = ...}, try all names, read `best`. */
struct near {
    struct slice word;
    const char *best; /* NULL: none is near; the first one of equals */
    size_t edits;     /* between word and best */
};

void near_try(struct near *near, const char *name);

#endif
