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
 * the incident has AFFECTED_MAX rows. Rows may move when one is made.
 */
struct affected *places_affected(struct places *places,
                                 struct incident *incident,
                                 const struct facts *facts);

/* Copies a row of another incident, its counts left out. */
void places_adopt(struct places *places, struct incident *incident,
                  const struct affected *row);

/* All rows that have the facts' image, or their pod if no image is known. */
struct place_cursor {
    struct places *places;
    const struct facts *facts;
    uint64_t hash;
    size_t next; /* the link to look at, counted from 1; 0 at the end */
};

struct place_cursor places_look(struct places *places,
                                const struct facts *facts);
bool places_next(struct place_cursor *cursor, struct incident **incident,
                 struct affected **affected);

/*
 * Whether the row may be whom the facts speak of: the same pod if both name
 * one, else the same node if both name one, else who knows: yes.
 */
bool places_is_same(const struct affected *row, const struct facts *facts);

#endif
