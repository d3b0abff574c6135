/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_LEND_H
#define PULLWHY_INCIDENT_LEND_H

/*
 * Which pull secret a pod uses, one line tells and another one needs: the
 * kubelet names it in an event of its own, the registry refuses it in the next.
 *
 * The law: a secret stands beside the namespace that it is in. An incident that
 * speaks of another namespace does not learn it.
 */

#include "incident/incident.h"
#include "incident/ledger.h"
#include "incident/places.h"

/* Whether the incident may learn the sighting's secret. */
bool lend_is_its_namespace(const struct incident *incident,
                           const struct facts *facts);

/*
 * The live incidents of the sighting's pod, if seen within minutes, learn its
 * secret; `incident`, which has counted the sighting, learns theirs.
 */
void lend_secret(struct places *places, struct roster *roster,
                 struct incident *incident, const struct sighting *sighting);

/*
 * Whether there is an incident of the sighting's pod from which `incident` may
 * learn one now or later; until places_lenders() says otherwise.
 */
bool lend_may_learn(const struct places *places,
                    const struct incident *incident, const struct facts *facts);

#endif
