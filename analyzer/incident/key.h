/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_KEY_H
#define PULLWHY_INCIDENT_KEY_H

/*
 * The identity of an incident: its cause and what the cause's scope spans,
 * "unauthorized|x.azurecr.io". What the line did not say is made up for by the
 * next best that it did say, so that two unknown registries are not one.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "match/catalog.h"
#include "match/facts.h"

/* Writes the key into *buf, replacing what it held; the key views it. */
struct slice key_of(struct buf *buf, const struct cause *cause,
                    const struct facts *facts);

#endif
