/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_PLACES_H
#define PULLWHY_INCIDENT_PLACES_H

/*
 * Finds incidents by what a line can say of them: the key, the image, the pod;
 * and the row of one sufferer within an incident. One hash table; nothing in
 * it outlives the incidents.
 */

#include "base/mem.h"
#include "base/slice.h"
#include "incident/incident.h"
#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>

struct places;

struct places *places_new(void);
void places_free(struct places *places); /* NULL is fine */

/* Later incidents of the same key hide earlier ones. */
void places_put_key(struct places *places, struct incident *incident);
struct incident *places_find_key(struct places *places, struct slice key);

/*
 * The row of whom the facts name, made if need be; NULL if they name nobody or
 * the incident has AFFECTED_MAX rows. A pod's row that does not know its image,
 * container or node yet learns it. Rows may move when one is made.
 */
struct affected *places_affected(struct places *places,
                                 struct incident *incident,
                                 const struct facts *facts);

/* Likewise for a row of another incident; no counts and times are copied. */
struct affected *places_adopt(struct places *places, struct incident *incident,
                              const struct affected *row);

/* The row that has just the names of the facts; NULL if there is none. */
struct affected *places_row(struct places *places, struct incident *incident,
                            const struct facts *facts);

/*
 * How often an incident was dismissed; and a row made of one whose cause joins
 * or yields. As long as they are the same, what was found may be found again.
 */
uint64_t places_dismissals(const struct places *places);
uint64_t places_waiters(const struct places *places);

/*
 * Likewise: a row was made of one whose cause is of a pod, or something else
 * that says that a pod's secret may be learned where it was not to be before.
 */
uint64_t places_lenders(const struct places *places);
void places_lend(struct places *places);

/* From now on only its key leads to the incident, no image and no pod. */
void places_forget(struct places *places, struct incident *incident);

/* It is to be freed: nothing leads to it any more. */
void places_dismiss(struct places *places, struct incident *incident);

enum place {
    PLACE_IMAGE,    /* incidents that have the facts' image: a row of each */
    PLACE_YIELDING, /* of these, those whose cause yields */
    PLACE_WAITING,  /* likewise, those whose cause joins: not among the first */
    PLACE_POD,      /* rows that may be of the facts' pod */
    PLACE_PODLESS,  /* rows that have the facts' image and name no pod */
    PLACES,
};

/* Links to look at, counted from 1; 0 at the end. */
struct place_chains {
    uint32_t next;
    uint32_t then; /* behind the last one of these */
    uint32_t left; /* how many will be looked at, at most */
};

/*
 * Rows may be changed while one looks, but none made and none forgotten. Of
 * pods' rows of the same names by the thousand only the newest ones are found.
 */
struct place_cursor {
    const struct places *places;
    const struct facts *facts;
    enum place place;
    struct place_chains chains;
};

struct place_cursor places_look(const struct places *places, enum place place,
                                const struct facts *facts);
bool places_next(struct place_cursor *cursor, struct incident **incident,
                 struct affected **affected);

/*
 * Whether the row may be whom the facts speak of: the same pod if both name
 * one, else the same node if both name one, else who knows: yes.
 */
bool places_is_same(const struct affected *row, const struct facts *facts);

#endif
