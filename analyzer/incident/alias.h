/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_ALIAS_H
#define PULLWHY_INCIDENT_ALIAS_H

/*
 * The several names of one image: "nginx" is "docker.io/library/nginx:latest".
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool alias_is_same(struct slice a, struct slice b);

/* Images that are the same have the same hash, whatever their registry. */
uint64_t alias_hash(struct slice image, uint64_t seed);

/* Images that are the same have the same one, and no others. Not stored. */
uint64_t alias_mix(struct slice image, uint64_t seed);

/*
 * The names that the image may have been written by, as it is told first;
 * writes the one of that index into *name, or returns false behind the last.
 */
bool alias_name(struct slice image, size_t index, struct buf *name);

#endif
