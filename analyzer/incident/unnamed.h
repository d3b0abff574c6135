/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_UNNAMED_H
#define PULLWHY_INCIDENT_UNNAMED_H

/*
 * dockerd says why it gave a pull up, and not of which image ("Not continuing
 * with pull after error: ..."); a moment later it, the docker client or the
 * kubelet says the same of one. Until then it is an incident of its own, which
 * is folded into that failure's; where nobody says more, it stays.
 */

#include "incident/ledger_parts.h"

/* The sighting is counted by the incident; whether dockerd alone told of it. */
void unnamed_note(struct ledger *ledger, struct incident *incident,
                  const struct sighting *sighting);

/* What dockerd told of just now without a name is the sighting's failure. */
void unnamed_fold(struct ledger *ledger, struct incident *host,
                  const struct sighting *sighting);

/* Whether one that was folded begins anew, as if it were new. */
bool unnamed_renew(struct incident *incident);

#endif
