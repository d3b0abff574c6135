/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_RECURRENCE_H
#define PULLWHY_INCIDENT_RECURRENCE_H

/*
 * How often an event was counted. An event is one object whose count grows, and
 * it is read again whenever a watch begins anew or a list is taken; so what
 * counts is by how much it grew since. What has no uid (rows of kubectl's
 * tables, a pod's status) is known again by what it says of whom.
 *
 * A fixed table. When it is full, the entry that was used longest ago makes
 * room; the history is asked for what is not in it.
 */

#include "base/keyed.h"
#include "incident/event_name.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is remembered of one event, in one line of the processor's cache. */
struct recurrence {
    uint64_t word[2]; /* its name's */
    uint64_t count;   /* failures that were counted */
    uint64_t heard;   /* of these, for this run's report */
    int64_t last_at;  /* the last of them; 0: not said */
    int64_t seen_at;  /* when it was read last */
    uint32_t next;    /* the table's: of its chain, from 1; 0 at the end */
    uint32_t older;   /* in order of use, likewise */
    uint32_t newer;
    uint8_t kind; /* its name's */
    bool is_saved;
};

/* What a record adds. */
struct growth {
    bool is_event;  /* else nothing is known of such records: it counts */
    uint64_t fresh; /* failures that were not counted yet */
    uint64_t old;   /* that the history counted and this run's report did not */
    int64_t since;  /* from when on they happened; 0: not known */
    int64_t first;  /* when the first of them did; 0: not known */
};

/*
 * Asks the history: fills `count`, `last_at` and `seen_at` of the entry by its
 * name and returns true, or returns false.
 */
typedef bool recurrence_lookup(void *ctx, struct recurrence *entry);

/* Its name as the history has it. */
void recurrence_name(const struct recurrence *entry,
                     char text[EVENT_NAME_TEXT]);

struct recurrences;

struct recurrences *recurrences_new(size_t limit);
void recurrences_free(struct recurrences *recurrences); /* NULL is fine */

/* Before the first record is taken. */
void recurrences_set_key(struct recurrences *recurrences,
                         const struct keyed *key);
void recurrences_set_lookup(struct recurrences *recurrences,
                            recurrence_lookup *lookup, void *ctx);

/* A record that was read at `now`; a replay is one that the history counted. */
struct growth recurrences_take(struct recurrences *recurrences,
                               const struct record *record, int64_t now,
                               bool is_replay);

/* The history that had them is lost: all are to be saved again. */
void recurrences_renew(struct recurrences *recurrences);

/* Half of the table waits for a flush. */
bool recurrences_is_full(const struct recurrences *recurrences);

/* Whether any made room for others, be it saved or not. */
bool recurrences_has_forgotten(const struct recurrences *recurrences);

/* How many made room before they were saved: they may count once more. */
uint64_t recurrences_lost(const struct recurrences *recurrences);

/* The next one that is not saved, from *cursor (0 at first) on; NULL: none. */
struct recurrence *recurrences_unsaved(struct recurrences *recurrences,
                                       size_t *cursor);
void recurrences_mark(struct recurrences *recurrences); /* all are saved */

/* How far an age as kubectl prints it may be off, in microseconds. */
int64_t recurrence_slack(int64_t age);

#endif
