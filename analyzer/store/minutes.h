/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_MINUTES_H
#define PULLWHY_STORE_MINUTES_H

/*
 * Writes how often incidents were seen, by minutes.
 */

#include "base/fault.h"
#include "store/db.h"
#include "store/written.h"

#include <stdbool.h>

struct minutes;

struct minutes *minutes_new(struct db *db);
void minutes_free(struct minutes *minutes); /* NULL is fine */
void minutes_rest(struct minutes *minutes); /* until they are used next */

/* Adds the incidents' tallies to those that their rows have. */
MUST_CHECK bool minutes_write(struct minutes *minutes, struct written_list list,
                              struct fault *fault);

#endif
