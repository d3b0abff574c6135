/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_MINUTES_H
#define PULLWHY_STORE_MINUTES_H

/*
 * Writes how often an incident was seen, by minutes.
 */

#include "base/fault.h"
#include "incident/incident.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

struct minutes;

struct minutes *minutes_new(struct db *db);
void minutes_free(struct minutes *minutes); /* NULL is fine */
void minutes_rest(struct minutes *minutes); /* until they are used next */

/* Adds the incident's tallies to those that row `id` has. */
MUST_CHECK bool minutes_write(struct minutes *minutes, int64_t id,
                              const struct incident *incident,
                              struct fault *fault);

#endif
