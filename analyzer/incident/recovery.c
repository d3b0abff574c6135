/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/recovery.h"

#include "incident/account.h"
#include "incident/alias.h"
#include "incident/places.h"

/*
 * The success of a replay is in the history as well; only what the history
 * does not have at all, since it was over long ago, is over by it.
 */
static bool
may_recover(const struct incident *incident, const struct affected *affected,
            const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    bool is_its_image = affected->image.len > 0 || affected->pod.len == 0
                          ? alias_is_same(affected->image, facts[FACT_IMAGE])
                          : slice_equal(affected->pod, facts[FACT_POD])
                                && (affected->container.len == 0
                                    || facts[FACT_CONTAINER].len == 0
                                    || slice_equal(affected->container,
                                                   facts[FACT_CONTAINER]));
    return incident_is_live(incident) && !affected->is_recovered && is_its_image
        && places_is_same(affected, sighting->facts)
        && !account_is_before(incident, sighting,
                              affected->last_seen - STAMP_SECOND)
        && (!sighting->is_replay || account_is_replay(incident));
}

bool
recovery_take(struct incident *incident, struct affected *affected,
              const struct sighting *sighting)
{
    if (!may_recover(incident, affected, sighting)
        || incident->cause == sighting->cause) {
        return false;
    }
    affected->is_recovered = true;
    affected->recovered_at = sighting->stamp.us;
    if (!account_is_replay(incident)) {
        affected->is_dirty = true;
        incident->is_dirty = true;
    }
    if (!incident_is_recovered(incident)
        || incident_step(&incident->state, EVENT_FIXED) != CHANGE_RESOLVED) {
        return false;
    }
    incident->resolved_at = sighting->stamp.us;
    return true;
}
