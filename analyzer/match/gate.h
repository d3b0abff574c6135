/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_GATE_H
#define PULLWHY_MATCH_GATE_H

/*
 * The literals without which a raw line means nothing to the catalogue, and
 * those that may hide one: the prefilter is made of them.
 */

#include "match/catalog.h"
#include "match/needle.h"

/* Freed with needle_set_free(). */
struct needle_set *gate_new(const struct catalog *catalog);

#endif
