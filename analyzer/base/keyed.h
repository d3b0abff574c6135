/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_KEYED_H
#define PULLWHY_BASE_KEYED_H

/*
 * A hash under a secret key (SipHash-2-4). Whoever does not know the key cannot
 * choose texts that have the same hash, so a hash may stand for its text.
 */

#include "base/slice.h"

#include <stdint.h>

struct keyed {
    uint64_t word[2]; /* the key */
};

uint64_t keyed_hash(const struct keyed *key, struct slice text);

#endif
