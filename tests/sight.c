/* SPDX-License-Identifier: Apache-2.0 */
#include "sight.h"

#include "match/image.h"

const struct cause sight_refused = {
    .slug = {"refused", 7},
    .severity = SEVERITY_ERROR,
    .scope = SCOPE_REGISTRY,
    .nature = NATURE_PERMANENT,
    .rank = 2
};
const struct cause sight_missing = {
    .slug = {"missing", 7},
    .severity = SEVERITY_ERROR,
    .scope = SCOPE_IMAGE,
    .nature = NATURE_PERMANENT,
    .rank = 5
};
const struct cause sight_disk = {
    .slug = {"disk", 4},
    .severity = SEVERITY_ERROR,
    .scope = SCOPE_NODE,
    .nature = NATURE_PERMANENT,
    .rank = 5
};
const struct cause sight_secret = {
    .slug = {"secret", 6},
    .severity = SEVERITY_WARNING,
    .scope = SCOPE_POD,
    .nature = NATURE_PERMANENT,
    .rank = 3
};
const struct cause sight_stalled = {
    .slug = {"stalled", 7},
    .severity = SEVERITY_WARNING,
    .scope = SCOPE_IMAGE,
    .nature = NATURE_TRANSIENT,
    .rank = 4
};
const struct cause sight_backoff = {
    .slug = {"backoff", 7},
    .severity = SEVERITY_WARNING,
    .scope = SCOPE_IMAGE,
    .nature = NATURE_NONE,
    .joins = true
};
const struct cause sight_no_login = {
    .slug = {"no-login", 8},
    .severity = SEVERITY_ERROR,
    .scope = SCOPE_REGISTRY,
    .nature = NATURE_PERMANENT,
    .rank = 1,
    .yields = true
};

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
        .is_success = !sight->cause,
        .is_replay = sight->is_replay,
        .facts = &facts,
        .stamp = {SIGHT_START + sight->at * STAMP_SECOND,
                  sight->trust != STAMP_MISSING ? sight->trust : STAMP_EXACT},
        .observed_at = SIGHT_START + sight->at * STAMP_SECOND,
        .count = sight->count,
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
