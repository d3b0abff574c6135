/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/share.h"

#include "incident/account.h"
#include "incident/ledger_parts.h"

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
    sighting->first = growth.first;
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
    if (names->voice == VOICE_WAITING) {
        return (struct share){0};
    }
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

/*
 * Whether the pod is known to fail so: then its waiting is nothing new. To a
 * replay only this run's report matters.
 */
static bool
is_known_to_wait(struct places *places, struct incident *known,
                 const struct sighting *sighting)
{
    if (!known || !incident_is_live(known)
        || sighting->facts->value[FACT_POD].len == 0) {
        return false;
    }
    const struct affected *row = places_row(places, known, sighting->facts);
    return row && (!sighting->is_replay || row->count > 0);
}

struct share
share_told(struct ledger *ledger, struct incident *known,
           const struct sighting *sighting, struct slice key)
{
    const struct record *record = sighting->record;
    struct telling_names names =
        tellings_names(ledger->tellings, key, sighting->facts);
    names.voice = voice_of(record);
    if (names.voice == VOICE_WAITING
        && !is_known_to_wait(ledger->places, known, sighting)) {
        names.voice = record->file.len > 0 ? VOICE_SYNC : VOICE_STATUS;
    }
    return share_of(ledger->tellings, sighting, &names,
                    record ? record->stamp.trust : STAMP_MISSING);
}
