/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_BRIEF_H
#define PULLWHY_REPORT_BRIEF_H

/*
 * An incident in few words: where, how often, since when, who suffers.
 *
 * The text may hold bytes of a log; it has yet to go through printable.
 */

#include "base/buf.h"
#include "incident/incident.h"
#include "match/catalog.h"
#include "report/report.h"

#include <stdbool.h>
#include <stdint.h>

/* What the incident spans: a registry, an image, a node or a pod. */
void brief_add_where(struct buf *out, const struct incident *incident);

/* "x.azurecr.io/team/api:v1.2", as far as it is known. */
void brief_add_image(struct buf *out, const struct incident *incident);

uint64_t brief_count(const struct incident *incident);
void brief_add_count(struct buf *out, const struct incident *incident,
                     enum language language);

/*
 * "3 pods on 2 nodes"; nothing if neither is known by name. Says how many pods
 * there are.
 */
size_t brief_add_affected(struct buf *out, const struct incident *incident,
                          enum language language);

/* Whether its stamps are ages or moments of reading. */
bool brief_is_approximate(const struct incident *incident);

/* RFC 3339 in the style's zone, a '~' before an approximate one; '-': none. */
void brief_add_time(struct buf *out, const struct report_style *style,
                    const struct incident *incident, int64_t us);

/* "+09:00": of microseconds. */
void brief_add_offset(struct buf *out, int64_t offset);

#endif
