/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_CONTEXT_H
#define PULLWHY_REPORT_CONTEXT_H

/*
 * What the known facts imply: the vendor from the registry's host, the
 * registry's resource name, the workload from the pod's name, ...
 *
 * Only what is unknown is filled in; what the log or an option said stands.
 */

#include "base/mem.h"
#include "incident/incident.h"
#include "match/facts.h"

/* What the configuration says of one registry. */
struct context_registry {
    struct slice host;
    struct facts facts;
    struct slice origin; /* who said it, for people */
    const struct context_registry *next;
};

/* Gives the facts what is said of their registry; the list may be NULL. */
void context_add_registry(struct facts *facts,
                          const struct context_registry *list,
                          struct arena *arena);

void context_derive(struct facts *facts, struct arena *arena);

/* Likewise an incident, by what the options say and by its registry. */
void context_complete(struct incident *incident, const struct facts *options,
                      const struct context_registry *list);

#endif
