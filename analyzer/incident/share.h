/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_SHARE_H
#define PULLWHY_INCIDENT_SHARE_H

/*
 * What of a sighting is new: of an event the failures that were not counted
 * when it was read before, and of these what nobody else has told.
 */

#include "incident/ledger.h"
#include "incident/recurrence.h"
#include "incident/telling.h"

#include <stdbool.h>

/* Leaves of an event only what was not counted; false if nothing is left. */
bool share_take_growth(struct recurrences *recurrences,
                       struct sighting *sighting);

/* What nobody has told of before; `trust` is in the time that was written. */
struct share share_of(struct tellings *tellings,
                      const struct sighting *sighting,
                      const struct telling_names *names,
                      enum stamp_trust trust);

/*
 * Likewise of a failure; `known` has the key, or NULL. A sighting without a
 * record is of unknown voice. What a waiting pod repeats is a failure only where
 * the pod is not known to fail so.
 */
struct share share_told(struct ledger *ledger, struct incident *known,
                        const struct sighting *sighting, struct slice key);

#endif
