/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_ACCOUNT_H
#define PULLWHY_INCIDENT_ACCOUNT_H

/*
 * What a line adds to the account of its incident: counts by minute, evidence,
 * times, other causes. Whose line it is and what follows from it, the ledger
 * decides.
 *
 * The law: a replay, a line that the history has counted before, adds to what
 * this run reports and to nothing that the history would hear of.
 */

#include "incident/incident.h"
#include "incident/ledger.h"
#include "incident/telling.h"

#include <stdbool.h>

/* Only replays made this incident, and the history has no row of it. */
bool account_is_replay(const struct incident *incident);

/* How many failures the line tells of, at least 1. */
uint64_t account_count(const struct sighting *sighting);

/*
 * Whether the line is of before `when`. Files are given in any order, and a
 * table of events has none. It is known only if the line tells its time in the
 * same way as the incident's other lines: clocks that name no zone may be hours
 * apart.
 */
bool account_is_before(const struct incident *incident,
                       const struct sighting *sighting, int64_t when);

/*
 * When the first of its failures happened, as an event tells that was counted
 * several times; of a later life nobody knows which of them are of that one.
 */
int64_t account_first(const struct incident *incident,
                      const struct sighting *sighting);

/* The incident is over, and the line is of before its end. */
bool account_is_late(const struct incident *incident,
                     const struct sighting *sighting);

/* Times and facts: what a back-off adds as well; or the times alone. */
void account_line(struct incident *incident, const struct sighting *sighting);
void account_times(struct incident *incident, const struct sighting *sighting);

/* All else that a failure adds, of which `share` is new; no row is fine. */
void account_failure(struct incident *incident, struct affected *affected,
                     const struct sighting *sighting,
                     const struct share *share);

/* Notes a cause that another try of the same pull had. */
void account_also(struct incident *incident, const struct cause *cause);

/* Forgets what was counted. */
void account_drop(struct incident *incident);

/* Moves the counts of `gone` to `into`, but not those of its rows. */
void account_move(struct incident *into, struct incident *gone);

/* Widens the span of a row by the other's. */
void account_span(struct affected *affected, int64_t first_seen,
                  int64_t last_seen);

/* Whether the row goes on suffering; a replay tells nothing new of that. */
void account_suffering(const struct incident *incident,
                       struct affected *affected,
                       const struct sighting *sighting);

/* A line of that row is to come soon, `len` bytes long; see ledger_expect(). */
void account_expect(const struct incident *incident, size_t row);
void account_expect_more(const struct incident *incident, size_t row,
                         size_t len);

#endif
