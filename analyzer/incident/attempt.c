/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/attempt.h"

#include "incident/account.h"
#include "incident/alias.h"

/* Two tries of one pull are not further apart. */
static const int64_t one_pull = STAMP_MINUTE;

static bool
is_near(int64_t a, int64_t b)
{
    return a - b <= one_pull && b - a <= one_pull;
}

struct incident *
attempt_host(const struct places *places, const struct sighting *sighting)
{
    struct place_cursor cursor =
        places_look(places, PLACE_IMAGE, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (incident->cause->rank > sighting->cause->rank
            && incident_is_live(incident)
            && is_near(incident->last_seen, sighting->stamp.us)) {
            return incident;
        }
    }
    return NULL;
}

static bool
is_of_one_image(const struct incident *incident, struct slice image)
{
    for (size_t i = 0; i < incident->affected_count; i++) {
        if (!alias_is_same(incident->affected[i].image, image)) {
            return false;
        }
    }
    return true;
}

struct incident *
attempt_lesser(const struct places *places, const struct sighting *sighting)
{
    struct slice image = sighting->facts->value[FACT_IMAGE];
    struct place_cursor cursor =
        places_look(places, PLACE_YIELDING, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (incident->cause->rank < sighting->cause->rank
            && incident_is_live(incident) && !incident->is_stored
            && (!sighting->is_replay || account_is_replay(incident))
            && is_near(incident->first_seen, sighting->stamp.us)
            && is_near(incident->last_seen, sighting->stamp.us)
            && is_of_one_image(incident, image)) {
            return incident;
        }
    }
    return NULL;
}

bool
attempt_may_yield(const struct places *places, const struct facts *facts)
{
    struct place_cursor cursor = places_look(places, PLACE_YIELDING, facts);
    struct incident *incident;
    struct affected *affected;
    return places_next(&cursor, &incident, &affected);
}
