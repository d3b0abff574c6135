/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/unnamed.h"

#include "incident/account.h"
#include "incident/voice.h"

/* Those who tell of one failure are not further apart. */
static const int64_t one_failure = 15 * STAMP_SECOND;

/* What a registry calls its repository is no name of an image. */
static bool
has_name(const struct facts *facts)
{
    return facts->value[FACT_IMAGE].len + facts->value[FACT_POD].len > 0;
}

/* By its puller, and by its API, which may have no more to say. */
static bool
is_of_dockerd(const struct record *record)
{
    return record
        && (voice_is_puller(record)
            || slice_starts(record->message, SLICE("Handler for POST ")));
}

void
unnamed_note(struct ledger *ledger, struct incident *incident,
             const struct sighting *sighting)
{
    bool is_unnamed =
        !has_name(sighting->facts) && is_of_dockerd(sighting->record);
    if (!is_unnamed) {
        incident->is_unnamed = false;
    } else if (incident->state == INCIDENT_NONE) {
        incident->is_unnamed = true;
        ledger->unnamed++;
    }
}

/* The keys that it may have; false behind the last. */
static bool
key_at(struct buf *key, size_t index, const struct sighting *sighting)
{
    const struct slice *value = sighting->facts->value;
    buf_clear(key);
    buf_add(key, sighting->cause->slug);
    buf_add_byte(key, '|');
    if (index == 1) {
        buf_add(key, value[FACT_NODE]);
    } else if (index == 2) {
        buf_add_byte(key, '/');
        buf_add(key, value[FACT_REPOSITORY]);
    }
    return index <= 2;
}

static bool
is_near(int64_t a, int64_t b)
{
    return a - b <= one_failure && b - a <= one_failure;
}

/* A replay must not fold what the history has. */
static bool
may_fold(const struct incident *incident, const struct sighting *sighting)
{
    return incident->is_unnamed && incident_is_live(incident)
        && (!sighting->is_replay || account_is_replay(incident))
        && is_near(incident->first_seen, sighting->stamp.us)
        && is_near(incident->last_seen, sighting->stamp.us);
}

/* It told of what the host has counted itself. */
static void
fold(struct ledger *ledger, struct incident *host, struct incident *gone)
{
    account_drop(gone);
    gone->state = INCIDENT_JOINED;
    news_add_joined(ledger->news, gone, host);
    account_move(host, gone);
}

void
unnamed_fold(struct ledger *ledger, struct incident *host,
             const struct sighting *sighting)
{
    if (ledger->unnamed == 0 || !has_name(sighting->facts)
        || sighting->stamp.trust == STAMP_MISSING) {
        return;
    }
    for (size_t i = 0; key_at(&ledger->key, i, sighting); i++) {
        struct incident *gone =
            places_find_key(ledger->places, buf_slice(&ledger->key));
        if (gone && gone != host && may_fold(gone, sighting)) {
            fold(ledger, host, gone);
        }
    }
}

bool
unnamed_renew(struct incident *incident)
{
    if (!incident->is_unnamed || incident->is_stored) {
        return false;
    }
    incident->state = INCIDENT_NONE;
    incident->first_seen = 0;
    incident->last_seen = 0;
    incident->evidence_seen = 0;
    incident->is_announced = false;
    return true;
}
