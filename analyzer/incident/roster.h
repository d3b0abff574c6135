/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_ROSTER_H
#define PULLWHY_INCIDENT_ROSTER_H

/*
 * The incidents in memory, which are so many at most; in the order in which
 * they were used. It knows which have changed since they were saved, whether
 * one may have left, and what became of those that had to leave unsaved.
 */

#include "incident/incident.h"
#include "incident/places.h"
#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Incidents that left, and the failures that this run counted of them. */
struct departed {
    const struct cause *cause; /* NULL: of all causes */
    uint64_t incidents;
    uint64_t failures;
};

struct roster;

struct roster *roster_new(void);
void roster_free(struct roster *roster); /* frees the incidents, too */
void roster_limit(struct roster *roster, size_t incidents, size_t rows);

/* A new one, the warmest. */
struct incident *roster_add(struct roster *roster, struct slice key,
                            const struct cause *cause);

/* The flush looks at it; when it was used, it is the warmest, too. */
void roster_note(struct roster *roster, struct incident *incident);
void roster_touch(struct roster *roster, struct incident *incident);

struct incident *roster_at(const struct roster *roster, size_t index);
size_t roster_count(const struct roster *roster);

/* Those that were touched since roster_settle() found them saved. */
struct incident *roster_changed(const struct roster *roster, size_t index);
void roster_settle(struct roster *roster);

/* Counts rows of affected that were made. */
void roster_add_rows(struct roster *roster, size_t rows);
bool roster_is_full(const struct roster *roster);

/* There is no history: nobody will ask how often something was in a minute. */
void roster_leave_out_tallies(struct roster *roster);

/*
 * Whether more minutes wait for the history than should. To be asked for each
 * piece that was read; it looks now and then only.
 */
bool roster_is_laden(struct roster *roster);

/*
 * Marks whom the table has no room for as leaving, the coldest first, those
 * that are saved before others; returns how many. roster_dismiss() frees them.
 */
size_t roster_choose(struct roster *roster);
void roster_dismiss(struct roster *roster, struct places *places);

/*
 * Whether an incident of that key (or pod, or image) may be in the history
 * only; sometimes true though none is. The caller asks for it then, so it is
 * not true again until one leaves.
 */
bool roster_lacks_key(struct roster *roster, struct slice key);
bool roster_lacks_pod(struct roster *roster, struct slice pod);
bool roster_lacks_image(struct roster *roster, struct slice image);

/* Whether any may be. */
bool roster_lacks_any(const struct roster *roster);

/* From now on all may be: the history holds what nobody has asked for. */
void roster_lack_all(struct roster *roster);

/* An incident of the history that is back; true if this run has told of it. */
bool roster_return(struct roster *roster, int64_t id);

/* Those that the history keeps; and by cause, those that nobody does. */
struct departed roster_left(const struct roster *roster);
const struct departed *roster_lost(const struct roster *roster, size_t index);

#endif
