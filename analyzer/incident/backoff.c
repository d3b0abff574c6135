/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/backoff.h"

#include "incident/account.h"
#include "incident/alias.h"

static bool
may_have_image(const struct affected *affected, const struct facts *facts)
{
    struct slice image = facts->value[FACT_IMAGE];
    return affected->image.len == 0 || image.len == 0
        || alias_is_same(affected->image, image);
}

static bool
may_host(const struct incident *incident, const struct sighting *sighting)
{
    return !incident->cause->joins && incident->cause->severity > SEVERITY_INFO
        && (incident_is_live(incident) || account_is_late(incident, sighting));
}

static struct incident *
host_at(const struct places *places, enum place place,
        const struct sighting *sighting)
{
    struct incident *best = NULL;
    struct place_cursor cursor = places_look(places, place, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        bool is_here = place == PLACE_IMAGE
                    || (places_is_same(affected, sighting->facts)
                        && may_have_image(affected, sighting->facts));
        if (is_here && may_host(incident, sighting)
            && (!best || incident->last_seen > best->last_seen)) {
            best = incident;
        }
    }
    return best;
}

struct incident *
backoff_host(const struct places *places, const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    struct incident *best = NULL;
    if (facts[FACT_POD].len > 0) {
        best = host_at(places, PLACE_POD, sighting);
    }
    if (!best && facts[FACT_IMAGE].len > 0) {
        best = host_at(places, PLACE_PODLESS, sighting);
    }
    if (!best && facts[FACT_IMAGE].len > 0) {
        best = host_at(places, PLACE_IMAGE, sighting);
    }
    return best;
}

/* A replay must not fold what the history has. */
static bool
is_waiting(const struct incident *incident, const struct sighting *sighting)
{
    return incident->cause->joins && incident_is_live(incident)
        && (!sighting->is_replay || account_is_replay(incident));
}

struct incident *
backoff_waiting(const struct places *places, const struct sighting *sighting)
{
    struct place_cursor cursor =
        places_look(places, PLACE_WAITING, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (is_waiting(incident, sighting)) {
            return incident;
        }
    }
    cursor = places_look(places, PLACE_POD, sighting->facts);
    while (places_next(&cursor, &incident, &affected)) {
        if (affected->image.len == 0 && is_waiting(incident, sighting)) {
            return incident;
        }
    }
    return NULL;
}

bool
backoff_may_wait(const struct places *places, const struct facts *facts)
{
    struct place_cursor cursor = places_look(places, PLACE_WAITING, facts);
    struct incident *incident;
    struct affected *affected;
    if (places_next(&cursor, &incident, &affected)) {
        return true;
    }
    cursor = places_look(places, PLACE_POD, facts);
    while (places_next(&cursor, &incident, &affected)) {
        if (affected->image.len == 0 && incident->cause->joins) {
            return true;
        }
    }
    return false;
}
