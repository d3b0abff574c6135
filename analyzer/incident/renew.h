/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_RENEW_H
#define PULLWHY_INCIDENT_RENEW_H

/*
 * What a ledger does when something that it leans on is exchanged while it
 * runs: the history, or the catalogue.
 */

#include "incident/ledger.h"
#include "match/catalog.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The history is lost, and a new one knows nothing. All incidents of this run
 * are written to it anew, with all that this run counted, but for the minutes
 * of what was written before. Returns how many of them had counts of earlier
 * runs, which are lost.
 */
size_t renew_stored(struct ledger *ledger);

/*
 * From now on the causes are those of `catalog`. What it does not know keeps
 * its old cause, so the old catalogue must live on as long as renew_uses() says
 * so.
 */
void renew_causes(struct ledger *ledger, const struct catalog *catalog);

/* Whether an incident has a cause of that catalogue. */
bool renew_uses(const struct ledger *ledger, const struct catalog *catalog);

/* Failures that the history does not have yet, and their incidents. */
struct renew_backlog {
    size_t incidents;
    uint64_t failures;
};

struct renew_backlog renew_backlog(const struct ledger *ledger);

#endif
