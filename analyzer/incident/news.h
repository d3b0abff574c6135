/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_NEWS_H
#define PULLWHY_INCIDENT_NEWS_H

/*
 * What one sighting did besides: incidents that it resolved, and rows of the
 * history that were folded into another incident. Each is told once, in order.
 */

#include "incident/incident.h"

#include <stdbool.h>
#include <stdint.h>

struct news;

struct news *news_new(void);
void news_free(struct news *news); /* NULL is fine */

void news_add_resolved(struct news *news, struct incident *incident);
struct incident *news_next_resolved(struct news *news); /* NULL: no more */

/*
 * `gone` is a part of `host` now, and so is what was folded into it. It is told
 * if the history has a row of it.
 */
void news_add_joined(struct news *news, const struct incident *gone,
                     struct incident *host);
bool news_next_joined(struct news *news, int64_t *gone, struct incident **into);

#endif
