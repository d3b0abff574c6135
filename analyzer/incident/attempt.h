/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_ATTEMPT_H
#define PULLWHY_INCIDENT_ATTEMPT_H

/*
 * One pull is tried with each credential in turn, on AKS always without any as
 * well, and each try fails with a line of its own in the runtime's log. The
 * try that says least (a cause with `yields:`) belongs to the other's incident,
 * whichever of the two is told first.
 */

#include "incident/incident.h"
#include "incident/ledger.h"
#include "incident/places.h"

/* The incident of the try that says more; NULL if there is none. */
struct incident *attempt_host(const struct places *places,
                              const struct sighting *sighting);

/* An incident of nothing but tries that say less than the sighting, or NULL. */
struct incident *attempt_lesser(const struct places *places,
                                const struct sighting *sighting);

/* Whether there is, or may come to be, such an incident for these facts. */
bool attempt_may_yield(const struct places *places, const struct facts *facts);

#endif
