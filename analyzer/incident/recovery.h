/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_RECOVERY_H
#define PULLWHY_INCIDENT_RECOVERY_H

/*
 * What a pull that worked says of an incident: the row whose image it was has
 * recovered, and when all rows have, the incident is resolved.
 */

#include "incident/incident.h"
#include "incident/ledger.h"

#include <stdbool.h>

/* True if the success resolved the incident. */
bool recovery_take(struct incident *incident, struct affected *affected,
                   const struct sighting *sighting);

#endif
