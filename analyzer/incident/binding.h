/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_BINDING_H
#define PULLWHY_INCIDENT_BINDING_H

/*
 * Which pod runs on which node, as the scheduler said: the rows of `kubectl get
 * events` name the pod, but not the node. The latest pods are known.
 */

#include "match/facts.h"

struct bindings;

struct bindings *bindings_new(void);
void bindings_free(struct bindings *bindings); /* NULL is fine */

/* Takes the pod, its namespace and node; without all three, nothing. */
void bindings_note(struct bindings *bindings, const struct facts *facts,
                   struct slice origin);

/*
 * The facts, or, if their pod is known, *filled: with its node, and with its
 * namespace, as far as the facts lack them. A pod whose namespace they lack is
 * only known by what the same origin said, and if it said it of no other pod of
 * that name. *filled is good until the next note.
 */
const struct facts *bindings_fill(const struct bindings *bindings,
                                  const struct facts *facts,
                                  struct slice origin, struct facts *filled);

#endif
