/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_BACKOFF_H
#define PULLWHY_INCIDENT_BACKOFF_H

/*
 * A back-off says that a pull failed, not why: it belongs to the incident that
 * knows the cause, if there is one, whichever of the two is told first.
 */

#include "incident/incident.h"
#include "incident/ledger.h"
#include "incident/places.h"

/*
 * The newest incident that has the image or the pod of a back-off; one that
 * has it in the same place before one that has it elsewhere. NULL if none has.
 */
struct incident *backoff_host(const struct places *places,
                              const struct sighting *sighting);

/*
 * An incident of back-offs that the sighting of a cause explains: of its image,
 * or of its pod if it does not know its image. NULL if there is none.
 */
struct incident *backoff_waiting(const struct places *places,
                                 const struct sighting *sighting);

/* Whether there is, or may come to be, such an incident for these facts. */
bool backoff_may_wait(const struct places *places, const struct facts *facts);

#endif
