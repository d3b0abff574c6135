/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/share.h"

#include "incident/account.h"

bool
share_take_growth(struct recurrences *recurrences, struct sighting *sighting)
{
    if (!sighting->record) {
        return true;
    }
    struct growth growth =
        recurrences_take(recurrences, sighting->record, sighting->observed_at,
                         sighting->is_replay);
    if (!growth.is_event) {
        return true;
    }
    sighting->count = growth.fresh > 0 ? growth.fresh : growth.old;
    sighting->is_replay = sighting->is_replay || growth.fresh == 0;
    sighting->since = growth.since;
    return sighting->count > 0;
}

/* How far the time of a sighting may be off. */
static int64_t
slack_of(const struct sighting *sighting, enum voice voice,
         enum stamp_trust trust)
{
    if (voice == VOICE_STATUS) {
        return 5 * STAMP_MINUTE; /* the longest back-off */
    }
    return trust == STAMP_EXACT ? 0
         : trust == STAMP_APPROXIMATE
             ? recurrence_slack(sighting->observed_at - sighting->stamp.us)
             : STAMP_SECOND;
}

struct share
share_of(struct tellings *tellings, const struct sighting *sighting,
         const struct telling_names *names, enum stamp_trust trust)
{
    const struct told told = {
        .names = *names,
        .from = sighting->since != 0 ? sighting->since : sighting->stamp.us,
        .to = sighting->stamp.us,
        .slack = slack_of(sighting, names->voice, trust),
        .count = account_count(sighting),
        .is_replay = sighting->is_replay,
    };
    return tellings_take(tellings, &told);
}
