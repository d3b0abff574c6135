/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/witness.h"

#include "incident/alias.h"
#include "incident/places.h"

#include <string.h>

enum {
    REGISTRIES = 64,
    SIGHTS = 48,     /* of one registry */
    IMAGE_MAX = 256, /* bytes; of longer names nothing is said */
    FLAPS = 2,
};

static const int64_t near = STAMP_HOUR;
static const int64_t flap = 2 * STAMP_MINUTE;

/* One image on one node, again and again within an hour. */
struct sight {
    bool is_success;
    bool is_refused; /* a 401 */
    bool is_over;    /* a success came after it */
    int64_t first;
    int64_t last;
    int64_t since; /* when this row of failures began */
    uint64_t node; /* hashes; 0: unknown */
    uint64_t vmss;
    char image[IMAGE_MAX];
    size_t image_len;
};

struct registry {
    char *name;
    size_t name_len;
    uint64_t used; /* the witness's turn when it was last observed */
    bool is_news;
    const char *role_mode; /* NULL: not said */
    unsigned flaps;
    int64_t last_flap;
    struct sight sights[SIGHTS];
    uint32_t marks[SIGHTS]; /* their hashes, to be compared first */
    size_t count;
    size_t next;    /* the one to be replaced when all are in use */
    bool has_twins; /* maybe two of one mark: which one it is must be asked */
};

struct witness {
    struct registry *registries[REGISTRIES];
    size_t count;
    uint64_t turn;
    uint64_t evictions;
};

struct witness *
witness_new(void)
{
    return MEM_NEW(struct witness);
}

static void
registry_free(struct registry *registry)
{
    mem_free(registry->name);
    mem_free(registry);
}

void
witness_free(struct witness *witness)
{
    for (size_t i = 0; witness && i < witness->count; i++) {
        registry_free(witness->registries[i]);
    }
    mem_free(witness);
}

static struct registry *
find_registry(const struct witness *witness, struct slice name)
{
    for (size_t i = 0; name.len > 0 && i < witness->count; i++) {
        struct registry *registry = witness->registries[i];
        if (slice_equal_nocase(name,
                               slice_of(registry->name, registry->name_len))) {
            return registry;
        }
    }
    return NULL;
}

static size_t
least_used(const struct witness *witness)
{
    size_t least = 0;
    for (size_t i = 1; i < witness->count; i++) {
        if (witness->registries[i]->used < witness->registries[least]->used) {
            least = i;
        }
    }
    return least;
}

/* Made if need be, in the place of the one that was observed longest ago. */
static struct registry *
take_registry(struct witness *witness, struct slice name)
{
    struct registry *registry = find_registry(witness, name);
    if (!registry) {
        size_t at = witness->count;
        if (at == REGISTRIES) {
            at = least_used(witness);
            witness->evictions++;
            registry_free(witness->registries[at]);
        } else {
            witness->count++;
        }
        registry = MEM_NEW(struct registry);
        registry->name = mem_string(name);
        registry->name_len = name.len;
        witness->registries[at] = registry;
    }
    registry->used = ++witness->turn;
    return registry;
}

static uint64_t
hash_of(struct slice text)
{
    return text.len > 0 ? slice_mix(text, 1) | 1 : 0;
}

static struct slice
image_of(const struct sight *sight)
{
    return slice_of(sight->image, sight->image_len);
}

static bool
is_refusal(const struct cause *cause)
{
    return slice_starts(cause->slug, SLICE("unauthorized"));
}

/* What was seen just now. */
struct glimpse {
    struct witness_names *names;
    bool is_success;
    struct slice image;
    int64_t when;
};

/* Of all that two sights of one row have in common. */
static uint32_t
mark_of(struct slice image, uint64_t node, bool is_success)
{
    return (uint32_t)slice_mix(image, node + is_success);
}

/* In no order, since that takes many at a time. */
static bool
has_mark(const struct registry *registry, uint32_t mark)
{
    uint32_t found = 0;
    for (size_t i = 0; i < SIGHTS; i++) {
        found += registry->marks[i] == mark;
    }
    return found != 0;
}

static bool
goes_on(const struct sight *old, const struct glimpse *new)
{
    return old->is_success == new->is_success
        && old->node
               == new->names->node &&new->when <= old->last + near &&new->when
                      >= old->first
                             - near &&slice_equal(image_of(old), new->image);
}

/* A fresh row in the place of the oldest one. */
static size_t
begin_row(struct registry *registry, const struct glimpse *new)
{
    size_t at = registry->next;
    struct sight *sight = &registry->sights[at];
    registry->next = (at + 1) % SIGHTS;
    registry->count += registry->count < SIGHTS;
    registry->marks[at] = new->names->mark;
    sight->is_success = new->is_success;
    sight->is_refused = false;
    sight->is_over = false;
    sight->first = sight->last = sight->since = new->when;
    sight->node = new->names->node;
    sight->vmss = 0;
    sight->image_len = new->image.len;
    memcpy(sight->image, new->image.data, new->image.len);
    return at;
}

/* Where it was last, if that is the only place where it can be. */
static bool
is_in_place(const struct registry *registry, const struct glimpse *new)
{
    size_t place = new->names->place;
    uint32_t mark = new->names->mark;
    return !registry->has_twins && place < registry->count
        && registry->marks[place] == mark
        && goes_on(&registry->sights[place], new);
}

/* The row that goes on with the new one, or a fresh one. */
static size_t
row_for(struct registry *registry, const struct glimpse *new)
{
    uint32_t mark = new->names->mark;
    bool has = has_mark(registry, mark);
    for (size_t i = 0; has && i < registry->count; i++) {
        if (registry->marks[i] == mark && goes_on(&registry->sights[i], new)) {
            return i;
        }
    }
    registry->has_twins = registry->has_twins || has;
    return begin_row(registry, new);
}

static void
add_sight(struct registry *registry, const struct glimpse *new)
{
    if (!is_in_place(registry, new)) {
        new->names->place = (uint16_t)row_for(registry, new);
    }
    struct sight *sight = &registry->sights[new->names->place];
    if (sight->is_over || new->when < sight->since) {
        sight->since = new->when;
    }
    sight->is_over = false;
    sight->is_refused = sight->is_refused || new->names->is_refused;
    sight->vmss = sight->vmss ? sight->vmss : new->names->vmss;
    sight->first = sight->first < new->when ? sight->first : new->when;
    sight->last = sight->last > new->when ? sight->last : new->when;
}

static bool
is_same_pull(const struct sight *failure, const struct glimpse *success)
{
    uint64_t node = success->names->node;
    bool is_same_node =
        failure->node == node || failure->node == 0 || node == 0;
    return !failure->is_success && !failure->is_over && is_same_node
        && failure->last <= success->when
        && alias_is_same(image_of(failure), success->image);
}

/*
 * A success ends the row of failures before it. A row counts as a flap if it
 * was short and began after the flap before: when somebody has repaired the
 * registry, many nodes recover together, and that is none.
 */
static void
end_failures(struct registry *registry, const struct glimpse *success)
{
    bool is_flap = false;
    for (size_t i = 0; i < registry->count; i++) {
        struct sight *failure = &registry->sights[i];
        if (!is_same_pull(failure, success)) {
            continue;
        }
        failure->is_over = true;
        is_flap = is_flap
               || (failure->is_refused && success->when - failure->since <= flap
                   && (registry->flaps == 0
                       || failure->since > registry->last_flap));
    }
    if (!is_flap) {
        return;
    }
    if (success->when - registry->last_flap > STAMP_DAY) {
        registry->flaps = 0;
    }
    registry->flaps++;
    registry->last_flap = success->when;
}

static bool
is_seen(const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    struct slice image = facts[FACT_IMAGE];
    return facts[FACT_REGISTRY].len > 0 && image.len > 0
        && image.len <= IMAGE_MAX && sighting->stamp.trust != STAMP_MISSING
        && !(sighting->is_success ? sighting->was_there
                                  : sighting->cause->joins);
}

static void
observe(struct registry *registry, const struct glimpse *new)
{
    registry->is_news = true;
    if (new->is_success) {
        end_failures(registry, new);
    }
    add_sight(registry, new);
}

static struct witness_names
names_of(const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    return (struct witness_names){
        .node = hash_of(facts[FACT_NODE]),
        .vmss = hash_of(facts[FACT_VMSS]),
        .mark = mark_of(facts[FACT_IMAGE], hash_of(facts[FACT_NODE]),
                        sighting->is_success),
        .is_refused = !sighting->is_success && is_refusal(sighting->cause),
    };
}

void
witness_observe(struct witness *witness, const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    if (is_seen(sighting)) {
        struct witness_names names = names_of(sighting);
        const struct glimpse new = {&names, sighting->is_success,
                                    facts[FACT_IMAGE], sighting->stamp.us};
        observe(take_registry(witness, facts[FACT_REGISTRY]), &new);
    }
}

bool
witness_find(const struct witness *witness, const struct sighting *sighting,
             struct witness_names *names)
{
    *names = names_of(sighting);
    if (is_seen(sighting)) {
        names->registry =
            find_registry(witness, sighting->facts->value[FACT_REGISTRY]);
    }
    return names->registry || !is_seen(sighting);
}

uint64_t
witness_evictions(const struct witness *witness)
{
    return witness->evictions;
}

void
witness_again(struct witness *witness, struct witness_names *names,
              struct slice image, int64_t when)
{
    struct registry *registry = names->registry;
    if (registry) {
        const struct glimpse new = {names, false, image, when};
        registry->used = ++witness->turn;
        observe(registry, &new);
    }
}

void
witness_expect(const struct witness_names *names)
{
    enum {
        WRITTEN = 2 * MEM_LINE /* of a sight, unless its image is long */
    };

    const struct registry *registry = names->registry;
    if (registry) {
        size_t place = names->place;
        bool is_there = registry->marks[place] == names->mark;
        mem_expect(&registry->sights[is_there ? place : registry->next],
                   WRITTEN);
    }
}

/* How ACR judges role assignments. */
static const char *const role_modes[] = {
    "AbacRepositoryPermissions",
    "LegacyRegistryPermissions",
};

void
witness_note(struct witness *witness, const struct facts *facts)
{
    struct slice name = facts->value[FACT_REGISTRY];
    for (size_t i = 0; name.len > 0 && i < COUNT(role_modes); i++) {
        if (slice_equal(facts->value[FACT_ACR_ROLE_MODE],
                        slice_from(role_modes[i]))) {
            struct registry *registry = take_registry(witness, name);
            registry->is_news = true;
            registry->role_mode = role_modes[i];
        }
    }
}

static bool
is_near(const struct sight *sight, const struct incident *incident)
{
    return sight->first <= incident->last_seen + near
        && sight->last >= incident->first_seen - near;
}

/* Whom an incident struck, of what a sight has. */
struct match {
    bool has_nodes; /* the incident knows any */
    bool has_node;  /* that of the sight */
    bool has_image; /* only of a success it is asked */
};

static struct match
match_of(const struct incident *incident, const struct sight *sight)
{
    struct match match = {0};
    struct slice before = slice_of(NULL, 0);
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        uint64_t node = hash_of(row->node);
        match.has_nodes = match.has_nodes || node != 0;
        match.has_node = match.has_node || (node != 0 && node == sight->node);
        if (sight->is_success && !match.has_image
            && !slice_equal(row->image, before)) {
            match.has_image = alias_is_same(row->image, image_of(sight));
            before = row->image;
        }
    }
    return match;
}

/* What the sights of a registry say of one incident. */
struct testimony {
    bool other_image; /* pulled, on a node that fails or on one not named */
    bool other_node;
    uint64_t failing_set; /* the first scale set that fails, a hash */
    bool fails_elsewhere; /* a second one fails, too */
};

/* Whether the sight can say what was not said before. */
static bool
is_of_use(const struct testimony *testimony, const struct sight *sight)
{
    return sight->is_success ? !testimony->other_image
                             : sight->vmss != 0 && !testimony->fails_elsewhere
                                   && sight->vmss != testimony->failing_set;
}

static void
hear(struct testimony *testimony, const struct incident *incident,
     const struct sight *sight)
{
    struct match match = match_of(incident, sight);
    bool is_other_node = match.has_nodes && sight->node != 0 && !match.has_node;
    if (sight->is_success) {
        testimony->other_node = testimony->other_node || is_other_node;
        testimony->other_image =
            testimony->other_image || (!is_other_node && !match.has_image);
    } else if (match.has_node && sight->vmss != 0) {
        if (testimony->failing_set == 0) {
            testimony->failing_set = sight->vmss;
        }
        testimony->fails_elsewhere =
            testimony->fails_elsewhere || testimony->failing_set != sight->vmss;
    }
}

static void
set_fact(struct incident *incident, enum fact fact, struct slice value)
{
    if (!slice_equal(incident_fact(incident, fact), value)) {
        incident_set_fact(incident, fact, value);
        incident->is_dirty =
            incident->is_dirty || incident->is_stored || incident->unsaved > 0;
    }
}

static void
teach_scale_set(const struct registry *registry, struct incident *incident,
                const struct testimony *testimony)
{
    if (testimony->fails_elsewhere) {
        set_fact(incident, FACT_SCALE_SET_FAILING, SLICE("several"));
        return;
    }
    for (size_t i = 0; testimony->failing_set && i < registry->count; i++) {
        const struct sight *sight = &registry->sights[i];
        if (sight->is_success && sight->vmss != 0
            && sight->vmss != testimony->failing_set
            && is_near(sight, incident)) {
            set_fact(incident, FACT_SCALE_SET_FAILING, SLICE("one"));
        }
    }
}

static bool
has_success(const struct registry *registry, const struct incident *incident)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (registry->sights[i].is_success
            && is_near(&registry->sights[i], incident)) {
            return true;
        }
    }
    return false;
}

/* Whether the input tells of pulls that worked at all, at that time. */
static bool
others_work(const struct witness *witness, const struct registry *but,
            const struct incident *incident)
{
    for (size_t i = 0; i < witness->count; i++) {
        if (witness->registries[i] != but
            && has_success(witness->registries[i], incident)) {
            return true;
        }
    }
    return false;
}

static bool
is_flapping(const struct registry *registry, int64_t when)
{
    return registry->flaps >= FLAPS && when - registry->last_flap <= STAMP_DAY;
}

void
witness_teach(const struct witness *witness, struct incident *incident)
{
    const struct registry *registry =
        find_registry(witness, incident_fact(incident, FACT_REGISTRY));
    struct testimony testimony = {0};
    if (!registry || !registry->is_news) {
        return;
    }
    for (size_t i = 0; i < registry->count; i++) {
        if (is_near(&registry->sights[i], incident)
            && is_of_use(&testimony, &registry->sights[i])) {
            hear(&testimony, incident, &registry->sights[i]);
        }
    }
    if (testimony.other_image) {
        set_fact(incident, FACT_REGISTRY_WORKS, SLICE("other-image"));
    } else if (testimony.other_node) {
        set_fact(incident, FACT_REGISTRY_WORKS, SLICE("other-node"));
    } else if (!has_success(registry, incident)
               && others_work(witness, registry, incident)) {
        set_fact(incident, FACT_REGISTRY_WORKS, SLICE("no"));
    }
    teach_scale_set(registry, incident, &testimony);
    if (registry->role_mode) {
        set_fact(incident, FACT_ACR_ROLE_MODE, slice_from(registry->role_mode));
    }
    if (is_refusal(incident->cause)
        && is_flapping(registry, incident->last_seen)) {
        set_fact(incident, FACT_FLAPPING, SLICE("yes"));
    }
}

void
witness_rest(struct witness *witness)
{
    for (size_t i = 0; i < witness->count; i++) {
        witness->registries[i]->is_news = false;
    }
}

bool
witness_is_flap(const struct witness *witness, const struct incident *resolved,
                const struct sighting *sighting)
{
    const struct registry *registry =
        find_registry(witness, sighting->facts->value[FACT_REGISTRY]);
    if (incident_fact(resolved, FACT_FLAPPING).len > 0) {
        return sighting->stamp.us - resolved->resolved_at <= STAMP_DAY;
    }
    return registry && is_refusal(sighting->cause)
        && is_flapping(registry, sighting->stamp.us);
}
