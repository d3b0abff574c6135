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
    void *registry; /* the witness's; NULL: it does not care */
    uint32_t mark;  /* of the failures of that image on that node */
    uint16_t place; /* where they were seen last, maybe */
    bool is_refused;

    uint64_t node; /* hashes, for where it is not seen yet */
    uint64_t vmss;
};

struct trace {
    /* What each line asks for stands first and together. */
    struct incident *incident; /* NULL: not known */
    uint64_t epoch;    /* the ledger's, when the incident was not freed yet,
                          nothing was to be folded and no registry gone */
    uint32_t revision; /* of the incident, when the row was found */
    uint32_t row;      /* of it, which has just the names of the facts */
    struct telling_names names;
    struct witness_names seen;

    uint64_t lenders; /* of a pod: when nobody could tell of its secret */
};

enum {
    TRACE_HOT = offsetof(struct trace, seen.node),
};

#endif
