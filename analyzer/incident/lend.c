/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/lend.h"

/* The kubelet looks for the secrets anew with each try; these grow rare. */
static const int64_t near = 10 * STAMP_MINUTE;

bool
lend_is_its_namespace(const struct incident *incident,
                      const struct facts *facts)
{
    return slice_equal(incident_fact(incident, FACT_NAMESPACE),
                       facts->value[FACT_NAMESPACE]);
}

static void
give(struct places *places, struct incident *incident,
     const struct sighting *sighting, struct slice secret)
{
    if (incident_fact(incident, FACT_SECRET).len > 0 || secret.len == 0
        || !lend_is_its_namespace(incident, sighting->facts)) {
        return;
    }
    incident_set_fact(incident, FACT_SECRET,
                      arena_copy(&incident->arena, secret));
    places_lend(places);
    incident->is_dirty =
        incident->is_dirty || incident->is_stored || incident->unsaved > 0;
}

static bool
is_of_its_start(const struct affected *row, const struct sighting *sighting)
{
    int64_t apart = sighting->stamp.us - row->last_seen;
    return places_is_same(row, sighting->facts) && apart <= near
        && apart >= -near;
}

bool
lend_may_learn(const struct places *places, const struct incident *incident,
               const struct facts *facts)
{
    struct place_cursor cursor = places_look(places, PLACE_POD, facts);
    struct incident *other;
    struct affected *row;
    while (places_next(&cursor, &other, &row)) {
        if (other != incident && other->cause->scope == SCOPE_POD
            && incident_fact(other, FACT_SECRET).len > 0) {
            return true;
        }
    }
    return false;
}

void
lend_secret(struct places *places, struct roster *roster,
            struct incident *incident, const struct sighting *sighting)
{
    struct slice secret = sighting->facts->value[FACT_SECRET];
    bool is_needed =
        secret.len > 0 || incident_fact(incident, FACT_SECRET).len == 0;
    if (sighting->facts->value[FACT_POD].len == 0 || !is_needed) {
        return;
    }
    struct place_cursor cursor =
        places_look(places, PLACE_POD, sighting->facts);
    struct incident *other;
    struct affected *row;
    while (places_next(&cursor, &other, &row)) {
        if (other == incident || !incident_is_live(other)
            || !is_of_its_start(row, sighting)) {
            continue;
        }
        give(places, other, sighting, secret);
        roster_note(roster, other);
        /* That of a whole registry may be another pod's. */
        if (other->cause->scope == SCOPE_POD) {
            give(places, incident, sighting, incident_fact(other, FACT_SECRET));
        }
    }
}
