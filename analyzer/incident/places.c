/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/places.h"

enum {
    BUCKETS_FIRST = 256,
    ROWS_FIRST = 4,
};

/* Kept apart in one table by the seed of their hash. */
enum seed {
    SEED_KEY = 1,
    SEED_ROW,
    SEED_IMAGE,
    SEED_POD,
};

struct link {
    uint64_t hash;
    struct incident *incident;
    size_t row;  /* index into the incident's affected */
    size_t next; /* the next link of the bucket, from 1; 0 at the end */
};

struct places {
    struct link *links;
    size_t count;
    size_t room;
    size_t *buckets; /* the newest link of each, from 1; 0 for none */
    size_t bucket_count;
};

struct places *
places_new(void)
{
    struct places *places = MEM_NEW(struct places);
    places->bucket_count = BUCKETS_FIRST;
    places->buckets = mem_new(BUCKETS_FIRST * sizeof(size_t));
    return places;
}

void
places_free(struct places *places)
{
    if (places) {
        mem_free(places->links);
        mem_free(places->buckets);
        mem_free(places);
    }
}

static void
widen(struct places *places)
{
    size_t count = places->bucket_count * 2;
    size_t *buckets = mem_new(count * sizeof(*buckets));
    for (size_t i = 0; i < places->count; i++) {
        size_t *bucket = &buckets[places->links[i].hash % count];
        places->links[i].next = *bucket;
        *bucket = i + 1;
    }
    mem_free(places->buckets);
    places->buckets = buckets;
    places->bucket_count = count;
}

static void
put(struct places *places, uint64_t hash, struct incident *incident, size_t row)
{
    if (places->count == places->bucket_count) {
        widen(places);
    }
    if (places->count == places->room) {
        places->room = places->room > 0 ? places->room * 2 : BUCKETS_FIRST;
        places->links = mem_resize_array(places->links, places->room,
                                         sizeof(*places->links));
    }
    size_t *bucket = &places->buckets[hash % places->bucket_count];
    places->links[places->count] = (struct link){hash, incident, row, *bucket};
    *bucket = ++places->count;
}

/* The next link of that hash from `at` on (from 1); 0 if there is none. */
static size_t
find(const struct places *places, uint64_t hash, size_t at)
{
    while (at > 0 && places->links[at - 1].hash != hash) {
        at = places->links[at - 1].next;
    }
    return at;
}

static size_t
first(const struct places *places, uint64_t hash)
{
    return find(places, hash, places->buckets[hash % places->bucket_count]);
}

void
places_put_key(struct places *places, struct incident *incident)
{
    put(places, slice_hash(incident->key, SEED_KEY), incident, 0);
}

struct incident *
places_find_key(struct places *places, struct slice key)
{
    uint64_t hash = slice_hash(key, SEED_KEY);
    for (size_t at = first(places, hash); at > 0;
         at = find(places, hash, places->links[at - 1].next)) {
        if (slice_equal(places->links[at - 1].incident->key, key)) {
            return places->links[at - 1].incident;
        }
    }
    return NULL;
}

static uint64_t
pod_hash(struct slice namespace, struct slice pod)
{
    return slice_hash(pod, slice_hash(namespace, SEED_POD));
}

static uint64_t
row_hash(const struct incident *incident, const struct affected *row)
{
    uint64_t hash = slice_hash(incident->key, SEED_ROW + incident->life);
    hash = slice_hash(row->namespace, hash);
    hash = slice_hash(row->pod, hash + 1);
    hash = slice_hash(row->container, hash + 2);
    hash = slice_hash(row->node, hash + 3);
    return slice_hash(row->image, hash + 4);
}

static bool
is_equal(const struct affected *a, const struct affected *b)
{
    return slice_equal(a->namespace, b->namespace)
        && slice_equal(a->pod, b->pod)
        && slice_equal(a->container, b->container)
        && slice_equal(a->node, b->node) && slice_equal(a->image, b->image);
}

static struct affected *
find_row(struct places *places, struct incident *incident,
         const struct affected *wanted)
{
    uint64_t hash = row_hash(incident, wanted);
    for (size_t at = first(places, hash); at > 0;
         at = find(places, hash, places->links[at - 1].next)) {
        const struct link *link = &places->links[at - 1];
        if (link->incident == incident
            && is_equal(&incident->affected[link->row], wanted)) {
            return &incident->affected[link->row];
        }
    }
    return NULL;
}

/* Copies the names of `row`; its counts and times stay zero. */
static struct affected *
add_row(struct places *places, struct incident *incident,
        const struct affected *row)
{
    struct arena *arena = &incident->arena;
    if (incident->affected_count == AFFECTED_MAX) {
        return NULL;
    }
    if (incident->affected_count == incident->affected_room) {
        incident->affected_room = incident->affected_room > 0
                                    ? incident->affected_room * 2
                                    : ROWS_FIRST;
        incident->affected =
            mem_resize_array(incident->affected, incident->affected_room,
                             sizeof(*incident->affected));
    }
    size_t index = incident->affected_count++;
    incident->affected[index] = (struct affected){
        .namespace = arena_copy(arena, row->namespace),
        .pod = arena_copy(arena, row->pod),
        .container = arena_copy(arena, row->container),
        .node = arena_copy(arena, row->node),
        .image = arena_copy(arena, row->image),
        .is_dirty = true,
    };
    put(places, row_hash(incident, row), incident, index);
    if (row->image.len > 0) {
        put(places, slice_hash(row->image, SEED_IMAGE), incident, index);
    }
    if (row->pod.len > 0) {
        put(places, pod_hash(row->namespace, row->pod), incident, index);
    }
    return &incident->affected[index];
}

struct affected *
places_affected(struct places *places, struct incident *incident,
                const struct facts *facts)
{
    struct affected wanted = {
        .namespace = facts->value[FACT_NAMESPACE],
        .pod = facts->value[FACT_POD],
        .container = facts->value[FACT_CONTAINER],
        .node = facts->value[FACT_NODE],
        .image = facts->value[FACT_IMAGE],
    };
    if (wanted.pod.len + wanted.node.len + wanted.image.len == 0) {
        return NULL;
    }
    struct affected *row = find_row(places, incident, &wanted);
    return row ? row : add_row(places, incident, &wanted);
}

void
places_adopt(struct places *places, struct incident *incident,
             const struct affected *row)
{
    if (find_row(places, incident, row)) {
        return;
    }
    struct affected *copy = add_row(places, incident, row);
    if (copy) {
        copy->first_seen = row->first_seen;
        copy->last_seen = row->last_seen;
        copy->is_recovered = row->is_recovered;
        copy->is_dirty = row->is_dirty;
    }
}

struct place_cursor
places_look(struct places *places, const struct facts *facts)
{
    struct slice image = facts->value[FACT_IMAGE];
    uint64_t hash = image.len > 0 ? slice_hash(image, SEED_IMAGE)
                                  : pod_hash(facts->value[FACT_NAMESPACE],
                                             facts->value[FACT_POD]);
    return (struct place_cursor){places, facts, hash, first(places, hash)};
}

bool
places_next(struct place_cursor *cursor, struct incident **incident,
            struct affected **affected)
{
    struct slice image = cursor->facts->value[FACT_IMAGE];
    struct slice pod = cursor->facts->value[FACT_POD];
    while (cursor->next > 0) {
        const struct link *link = &cursor->places->links[cursor->next - 1];
        struct affected *row = &link->incident->affected[link->row];
        *incident = link->incident;
        *affected = row;
        cursor->next = find(cursor->places, cursor->hash, link->next);
        if (image.len > 0 ? slice_equal(row->image, image)
                          : pod.len > 0 && slice_equal(row->pod, pod)) {
            return true;
        }
    }
    return false;
}

bool
places_is_same(const struct affected *row, const struct facts *facts)
{
    struct slice namespace = facts->value[FACT_NAMESPACE];
    struct slice pod = facts->value[FACT_POD];
    struct slice node = facts->value[FACT_NODE];
    if (row->pod.len > 0 && pod.len > 0) {
        bool is_elsewhere = row->namespace.len > 0 && namespace.len > 0
                         && !slice_equal(row->namespace, namespace);
        return !is_elsewhere && slice_equal(row->pod, pod);
    }
    if (row->node.len > 0 && node.len > 0) {
        return slice_equal(row->node, node);
    }
    return true;
}
