/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_WITNESS_H
#define PULLWHY_INCIDENT_WITNESS_H

/*
 * What else happened at a registry: which nodes pulled what from it, when, and
 * which could not. From that an incident learns the facts registry_works,
 * scale_set_failing and flapping, which remedies ask for; and acr.role_mode, if
 * the registry's description was read.
 *
 * The law: it is a bounded memory of the latest, and tells only what was seen.
 * An image that merely was on the node already is no sign that a registry
 * works.
 */

#include "incident/incident.h"
#include "incident/ledger.h"

#include <stdbool.h>

struct witness;

struct witness *witness_new(void);
void witness_free(struct witness *witness); /* NULL is fine */

/* A success or a failure of a pull. */
void witness_observe(struct witness *witness, const struct sighting *sighting);

/*
 * Where a sighting was seen; false if it cannot be seen there once more. As
 * long as witness_evictions() stays the same, witness_again() does what
 * witness_observe() would for a sighting of another time.
 */
bool witness_find(const struct witness *witness,
                  const struct sighting *sighting, struct witness_names *names);
void witness_again(struct witness *witness, struct witness_names *names,
                   struct slice image, int64_t when);

uint64_t witness_evictions(const struct witness *witness);

/* It is to be seen there once more soon. */
void witness_expect(const struct witness_names *names);

/* What was said of a registry itself, not of a pull. */
void witness_note(struct witness *witness, const struct facts *facts);

/* Sets the facts of an incident, if anything was observed at its registry. */
void witness_teach(const struct witness *witness, struct incident *incident);

/* All incidents were taught: what was observed so far is no news any more. */
void witness_rest(struct witness *witness);

/*
 * Whether the sighting of what was resolved is one more of the refusals that
 * come and go: pulls of that registry were refused and worked again within two
 * minutes, at least twice in a day.
 */
bool witness_is_flap(const struct witness *witness,
                     const struct incident *resolved,
                     const struct sighting *sighting);

#endif
