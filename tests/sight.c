/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"

#include "match/image.h"

const struct cause sight_refused = {.slug = {"refused", 7},
                                    .severity = SEVERITY_ERROR,
                                    .scope = SCOPE_REGISTRY,
                                    .nature = NATURE_PERMANENT,
                                    .rank = 2};
const struct cause sight_missing = {.slug = {"missing", 7},
                                    .severity = SEVERITY_ERROR,
                                    .scope = SCOPE_IMAGE,
                                    .nature = NATURE_PERMANENT,
                                    .rank = 5};
const struct cause sight_disk = {.slug = {"disk", 4},
                                 .severity = SEVERITY_ERROR,
                                 .scope = SCOPE_NODE,
                                 .nature = NATURE_PERMANENT,
                                 .rank = 5};
const struct cause sight_secret = {.slug = {"secret", 6},
                                   .severity = SEVERITY_WARNING,
                                   .scope = SCOPE_POD,
                                   .nature = NATURE_PERMANENT,
                                   .rank = 3};
const struct cause sight_stalled = {.slug = {"stalled", 7},
                                    .severity = SEVERITY_WARNING,
                                    .scope = SCOPE_IMAGE,
                                    .nature = NATURE_TRANSIENT,
                                    .rank = 4};
const struct cause sight_backoff = {.slug = {"backoff", 7},
                                    .severity = SEVERITY_WARNING,
                                    .scope = SCOPE_IMAGE,
                                    .nature = NATURE_NONE,
                                    .joins = true};
const struct cause sight_slow = {.slug = {"slow", 4},
                                 .severity = SEVERITY_INFO,
                                 .scope = SCOPE_NODE,
                                 .nature = NATURE_NONE};
const struct cause sight_no_login = {.slug = {"no-login", 8},
                                     .severity = SEVERITY_ERROR,
                                     .scope = SCOPE_REGISTRY,
                                     .nature = NATURE_PERMANENT,
                                     .rank = 1,
                                     .yields = true};

void
sight_facts(const struct sight *sight, struct facts *facts)
{
    struct image image;
    *facts = (struct facts){0};
    facts->value[FACT_NAMESPACE] = slice_from(sight->namespace);
    facts->value[FACT_POD] = slice_from(sight->pod);
    facts->value[FACT_CONTAINER] = slice_from(sight->container);
    facts->value[FACT_NODE] = slice_from(sight->node);
    facts->value[FACT_ROLE] = slice_from(sight->role);
    facts->value[FACT_IMAGE] = slice_from(sight->image);
    if (image_parse(facts->value[FACT_IMAGE], &image)) {
        facts->value[FACT_REGISTRY] = image.registry;
        facts->value[FACT_REPOSITORY] = image.path;
        facts->value[FACT_TAG] = image.tag;
        facts->value[FACT_DIGEST] = image.digest;
    }
}

enum change
sight_tell(struct ledger *ledger, const struct sight *sight,
           struct incident **incident)
{
    struct facts facts;
    struct incident *found;
    sight_facts(sight, &facts);
    struct sighting sighting = {
        .cause = sight->cause,
        .is_success = !sight->cause || sight->cause == &sight_slow,
        .is_replay = sight->is_replay,
        .facts = &facts,
        .stamp = {SIGHT_START + sight->at * STAMP_SECOND,
                  sight->trust != STAMP_MISSING ? sight->trust : STAMP_EXACT},
        .observed_at = SIGHT_START + sight->at * STAMP_SECOND,
        .count = sight->count,
        .record = sight->record,
        .origin = SLICE("a.log"),
        .line = slice_from(sight->line ? sight->line : "line"),
    };
    if (sight->has_no_stamp) {
        sighting.stamp = (struct stamp){0, STAMP_MISSING};
    }
    if (sight->also) {
        sighting.also[sighting.also_count++] = sight->also;
    }
    enum change change = ledger_observe(ledger, &sighting, &found);
    if (incident) {
        *incident = found;
    }
    return change;
}

int
sight_setup(void **state)
{
    *state = ledger_new(NULL);
    return 0;
}

int
sight_teardown(void **state)
{
    ledger_free(*state);
    return 0;
}

struct incident *
sight_newest(struct ledger *ledger)
{
    return ledger_at(ledger, ledger_count(ledger) - 1);
}

enum incident_state
sight_state(struct ledger *ledger, size_t index)
{
    return ledger_at(ledger, index)->state;
}

void
sight_store(struct incident *incident, int64_t id)
{
    incident->id = id;
    incident->is_stored = true;
    incident->is_dirty = false;
    incident->unsaved = 0;
    incident->tally_count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        incident->affected[i].is_dirty = false;
        incident->affected[i].unsaved = 0;
    }
}

bool
sight_is_unsaved(const struct incident *incident)
{
    bool is_heard = incident->is_dirty || incident->unsaved > 0
                 || incident->tally_count > 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        is_heard = is_heard || incident->affected[i].is_dirty
                || incident->affected[i].unsaved > 0;
    }
    return is_heard;
}

uint64_t
sight_tallied(const struct incident *incident, int64_t minute)
{
    uint64_t count = 0;
    for (size_t i = 0; i < incident->tally_count; i++) {
        if (tally_minute(incident->tallies[i]) == minute) {
            count += tally_count(incident->tallies[i]);
        }
    }
    return count;
}
