/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_EXPIRY_H
#define PULLWHY_INCIDENT_EXPIRY_H

/*
 * When an open incident is quiet: nothing was seen of it for the quiet time of
 * its class, 10 minutes for what passes by itself and an hour for what does
 * not.
 */

#include "incident/incident.h"

#include <stdbool.h>
#include <stdint.h>

bool expiry_is_due(const struct incident *incident, int64_t now);

#endif
