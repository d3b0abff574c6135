/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_LEDGER_PARTS_H
#define PULLWHY_INCIDENT_LEDGER_PARTS_H

/*
 * What a ledger is made of; for itself, again.c, share.c and unnamed.c alone.
 */

#include "base/buf.h"
#include "incident/binding.h"
#include "incident/ledger.h"
#include "incident/news.h"
#include "incident/places.h"
#include "incident/witness.h"

struct ledger {
    const struct catalog *catalog;
    struct roster *roster;
    struct recurrences *recurrences;
    struct tellings *tellings;
    ledger_recall *recall;
    void *recall_ctx;
    bool awaits_past;
    int64_t overdue_asked; /* when the history was asked for such last */
    struct places *places; /* finds incidents by key, image and pod */
    struct witness *witness;
    struct bindings *bindings; /* the nodes of pods */
    struct news *news;
    int64_t expire_now; /* of the last ledger_expire() */
    size_t expire_next; /* all before it are not due at that time */
    uint64_t unnamed;   /* incidents that dockerd told of without a name */
    struct buf key;
};

#endif
