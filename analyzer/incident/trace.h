/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_TRACE_H
#define PULLWHY_INCIDENT_TRACE_H

/*
 * Where the ledger put a sighting, so that the next one that says the same but
 * for its time finds its way without asking; see ledger_again(). Init with {0}:
 * nothing is known.
 */

#include "incident/incident.h"
#include "incident/telling.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a witness has seen it. */
struct witness_names {
    void *registry;     /* the witness's; NULL: it does not care */
    uint64_t evictions; /* when that was known */
    uint64_t node;      /* hashes */
    uint64_t vmss;
    uint32_t mark;  /* of the failures of that image on that node */
    uint16_t place; /* where they were seen last, maybe */
    bool is_refused;
};

struct trace {
    struct incident *incident; /* NULL: not known */
    size_t row;          /* of it, which has just the names of the facts */
    uint32_t revision;   /* of the incident, when the row was found */
    uint64_t dismissals; /* of the places, when it was not freed yet */
    uint64_t waiters;    /* likewise, when nothing was to be folded */
    uint64_t lenders;    /* likewise, when nobody could tell of a secret */
    bool may_learn;      /* of one: of its pod's */
    struct telling_names names;
    struct witness_names seen;
};

#endif
