/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/expiry.h"

/* How long nothing must be seen before an incident is quiet. */
static int64_t
quiet_time(enum nature nature)
{
    switch (nature) {
    case NATURE_TRANSIENT:
        return 10 * STAMP_MINUTE;
    case NATURE_EITHER:
    case NATURE_NONE:
        return 30 * STAMP_MINUTE;
    case NATURE_PERMANENT:
    case NATURES:
        break;
    }
    return STAMP_HOUR;
}

/* An old log that is piped in is heard of now, whatever its stamps say. */
static int64_t
last_heard(const struct incident *incident)
{
    return incident->observed_at > incident->last_seen ? incident->observed_at
                                                       : incident->last_seen;
}

bool
expiry_is_due(const struct incident *incident, int64_t now)
{
    return incident->state == INCIDENT_OPEN
        && now - last_heard(incident) > quiet_time(incident->cause->nature);
}
