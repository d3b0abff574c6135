/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_AGAIN_H
#define PULLWHY_INCIDENT_AGAIN_H

/*
 * The short way of a sighting, ledger_again(): it is counted where one like it
 * was counted, if nothing has happened since that could lead it elsewhere. What
 * it changes is what the long way would change.
 */

#include "incident/ledger.h"

/* Notes in the sighting's trace, if it has one, where the long way led. */
void again_note(const struct ledger *ledger, struct incident *incident,
                const struct sighting *sighting);

#endif
