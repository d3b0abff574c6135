/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_NAMES_H
#define PULLWHY_INCIDENT_NAMES_H

/*
 * The names of who suffers: what a row of an incident's affected is told apart
 * by. One that is not known is empty, and may be any.
 */

#include "incident/incident.h"
#include "match/facts.h"

#include <stdbool.h>

/* Views the facts. */
struct affected names_of(const struct facts *facts);

/* Whether both say the same, and nothing more of one of them is known. */
bool names_are_equal(const struct affected *a, const struct affected *b);

/* Whether two names may be of the same, as one that is not known may. */
bool names_may_equal(struct slice a, struct slice b);

/* Whether both name the same pod, and may be the same otherwise. */
bool names_may_be(const struct affected *row, const struct affected *wanted);

/* Whether `wanted` knows what the row does not. */
bool names_are_fewer(const struct affected *row, const struct affected *wanted);

/*
 * A row of the same names; its counts and times are zero. `image` is one that
 * the incident's rows have, or empty.
 */
struct affected names_copy(struct incident *incident,
                           const struct affected *row, struct slice image);

/* The row, one of the incident's, learns what it does not know. */
void names_learn(struct incident *incident, struct affected *row,
                 const struct affected *from);

/* Whether the facts name somebody at all. */
bool names_tell(const struct facts *facts);

#endif
