/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_SUFFERERS_H
#define PULLWHY_STORE_SUFFERERS_H

/*
 * Writes who suffers: the rows of `affected`.
 */

#include "base/fault.h"
#include "store/db.h"
#include "store/written.h"

#include <stdbool.h>

struct sufferers;

struct sufferers *sufferers_new(struct db *db);
void sufferers_free(struct sufferers *sufferers); /* NULL is fine */
void sufferers_rest(struct sufferers *sufferers); /* until they are used next */

/* Writes what the history has not heard of who suffers of the incidents. */
MUST_CHECK bool sufferers_write(struct sufferers *sufferers,
                                struct written_list list, struct fault *fault);

#endif
