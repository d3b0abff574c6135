/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/places.h"

#include "incident/alias.h"
#include "incident/names.h"
#include "incident/numbers.h"

#include <assert.h>
#include <string.h>

enum {
    BUCKETS_FIRST = 256, /* then twice as many, and so on */
    IMAGE_LONGEST = 128, /* bytes that are compared with the last one */
};

/* What a link is found by: those of enum place, and these. */
enum {
    LINK_KEY = PLACES,
    LINK_ROW,  /* an incident's row, by all that it names */
    LINK_PAIR, /* an incident and one of its images */
    LINK_FREE,
};

/*
 * Of pods there are thousands, each with several links; so these are small.
 * What has the same hash is told apart by what it names.
 */
struct link {
    uint32_t incident; /* its number */
    uint32_t hash;
    uint32_t next; /* the next link of the bucket, from 1; 0 at the end */
    uint16_t row;  /* index into the incident's affected */
    uint8_t kind;
};

static_assert(sizeof(struct link) == 16, "a link is small");
static_assert(AFFECTED_MAX <= UINT16_MAX, "a link can tell of each row");
static_assert(sizeof(struct affected) <= 128, "of rows there are thousands");

/* What was hashed last; a line asks for its image several times. */
struct last_image {
    char text[IMAGE_LONGEST];
    size_t len;
    uint64_t hash;
};

struct places {
    struct last_image *last;
    struct numbers numbers;
    struct link *links;
    size_t count;
    size_t room;
    uint32_t free; /* the first link that is free again, from 1; 0 for none */
    uint32_t *buckets; /* the newest link of each, from 1; 0 for none */
    size_t bucket_count;
    uint64_t dismissals;
    uint64_t waiters;
    uint64_t lenders;
};

struct places *
places_new(void)
{
    struct places *places = MEM_NEW(struct places);
    places->bucket_count = BUCKETS_FIRST;
    places->buckets = mem_new(BUCKETS_FIRST * sizeof(*places->buckets));
    places->last = MEM_NEW(struct last_image);
    return places;
}

void
places_free(struct places *places)
{
    if (places) {
        numbers_free(&places->numbers);
        mem_free(places->links);
        mem_free(places->buckets);
        mem_free(places->last);
        mem_free(places);
    }
}

/* Whom the link leads to. */
static struct incident *
incident_at(const struct places *places, const struct link *link)
{
    return numbers_at(&places->numbers, link->incident);
}

/*
 * Deals the links of an old bucket out to the two that it becomes, each behind
 * the others, so that the newest stays first.
 */
static void
split(struct places *places, uint32_t at, uint32_t *buckets, size_t count)
{
    uint32_t last[2] = {0, 0};
    while (at > 0) {
        struct link *link = &places->links[at - 1];
        uint32_t next = link->next;
        size_t bucket = link->hash & (count - 1);
        uint32_t *tail = &last[bucket >= places->bucket_count];
        if (*tail > 0) {
            places->links[*tail - 1].next = at;
        } else {
            buckets[bucket] = at;
        }
        link->next = 0;
        *tail = at;
        at = next;
    }
}

static void
widen(struct places *places)
{
    size_t count = places->bucket_count * 2;
    uint32_t *buckets = mem_new(count * sizeof(*buckets));
    for (size_t i = 0; i < places->bucket_count; i++) {
        split(places, places->buckets[i], buckets, count);
    }
    mem_free(places->buckets);
    places->buckets = buckets;
    places->bucket_count = count;
}

/* The number of a link that is not in use. */
static uint32_t
take_link(struct places *places)
{
    uint32_t at = places->free;
    if (at > 0) {
        places->free = places->links[at - 1].next;
        return at;
    }
    if (places->count == places->bucket_count) {
        widen(places);
    }
    if (places->count == places->room) {
        places->room += places->room > 0 ? places->room / 2 : BUCKETS_FIRST;
        places->links = mem_resize_array(places->links, places->room,
                                         sizeof(*places->links));
    }
    return (uint32_t)++places->count;
}

static uint32_t
fold(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

static uint32_t *
bucket_of(const struct places *places, uint32_t hash)
{
    return &places->buckets[hash & (places->bucket_count - 1)];
}

static void
put(struct places *places, const struct link *link)
{
    uint32_t at = take_link(places);
    uint32_t *bucket = bucket_of(places, link->hash);
    places->links[at - 1] = *link;
    places->links[at - 1].next = *bucket;
    *bucket = at;
}

static void
drop(struct places *places, const struct link *link)
{
    uint32_t *at = bucket_of(places, link->hash);
    while (*at > 0) {
        struct link *found = &places->links[*at - 1];
        if (found->kind == link->kind && found->incident == link->incident
            && found->row == link->row) {
            uint32_t number = *at;
            *at = found->next;
            found->kind = LINK_FREE;
            found->next = places->free;
            places->free = number;
            return;
        }
        at = &found->next;
    }
}

/* The next link of that kind and hash from `at` on; 0 if there is none. */
static uint32_t
find(const struct places *places, int kind, uint32_t hash, uint32_t at)
{
    while (at > 0
           && (places->links[at - 1].hash != hash
               || places->links[at - 1].kind != kind)) {
        at = places->links[at - 1].next;
    }
    return at;
}

static uint32_t
first(const struct places *places, int kind, uint64_t hash)
{
    uint32_t folded = fold(hash);
    return find(places, kind, folded, *bucket_of(places, folded));
}

static uint32_t
after(const struct places *places, uint32_t at)
{
    const struct link *link = &places->links[at - 1];
    return find(places, link->kind, link->hash, link->next);
}

void
places_put_key(struct places *places, struct incident *incident)
{
    struct link link = {.incident = numbers_of(&places->numbers, incident)};
    link.kind = LINK_KEY;
    link.hash = fold(slice_mix(incident->key, LINK_KEY));
    put(places, &link);
}

struct incident *
places_find_key(struct places *places, struct slice key)
{
    for (uint32_t at = first(places, LINK_KEY, slice_mix(key, LINK_KEY));
         at > 0; at = after(places, at)) {
        struct incident *incident = incident_at(places, &places->links[at - 1]);
        if (slice_equal(incident->key, key)) {
            return incident;
        }
    }
    return NULL;
}

static uint64_t
incident_hash(const struct incident *incident, uint64_t seed)
{
    /* By its address, as its life and its id may yet change. */
    uintptr_t address = (uintptr_t)incident;
    return slice_mix(slice_of((const char *)&address, sizeof(address)), seed);
}

static uint64_t
image_hash(const struct places *places, struct slice image, uint64_t seed)
{
    struct last_image *last = places->last;
    if (image.len == 0 || image.len > IMAGE_LONGEST
        || !slice_equal(image, slice_of(last->text, last->len))) {
        last->hash = alias_hash(image, 0);
        last->len = image.len <= IMAGE_LONGEST ? image.len : 0;
        if (last->len > 0) {
            memcpy(last->text, image.data, image.len);
        }
    }
    return (last->hash ^ seed) * 0x9fb21c651e98df25u;
}

static uint64_t
row_hash(const struct incident *incident, const struct affected *row)
{
    uint64_t hash = incident_hash(incident, LINK_ROW);
    hash = slice_mix(row->namespace, hash);
    hash = slice_mix(row->pod, hash + 1);
    hash = slice_mix(row->container, hash + 2);
    hash = slice_mix(row->node, hash + 3);
    return slice_mix(row->image, hash + 4);
}

static struct affected *
find_row(struct places *places, struct incident *incident,
         const struct affected *wanted, uint64_t hash)
{
    for (uint32_t at = first(places, LINK_ROW, hash); at > 0;
         at = after(places, at)) {
        const struct link *link = &places->links[at - 1];
        if (link->incident == incident->number
            && names_are_equal(&incident->affected[link->row], wanted)) {
            return &incident->affected[link->row];
        }
    }
    return NULL;
}

/* The pod's row that another line, which knew more or less of it, has made. */
static struct affected *
find_pod(const struct places *places, struct incident *incident,
         const struct affected *wanted)
{
    uint64_t hash = slice_mix(wanted->pod, PLACE_POD);
    uint32_t at = wanted->pod.len > 0 ? first(places, PLACE_POD, hash) : 0;
    while (at > 0) {
        const struct link *link = &places->links[at - 1];
        if (link->incident == incident->number
            && names_may_be(&incident->affected[link->row], wanted)) {
            return &incident->affected[link->row];
        }
        at = after(places, at);
    }
    return NULL;
}

static bool
is_of_kind(const struct incident *incident, int kind)
{
    const struct cause *cause = incident->cause;
    return kind == PLACE_WAITING  ? cause->joins
         : kind == PLACE_YIELDING ? cause->yields && !cause->joins
                                  : !cause->joins;
}

/* Puts or drops what leads from an image of the incident to it. */
static void
act_on_image(struct places *places, struct incident *incident, size_t index,
             void (*act)(struct places *, const struct link *))
{
    struct slice image = incident->affected[index].image;
    struct link link = {.incident = numbers_of(&places->numbers, incident),
                        .row = (uint16_t)index};
    link.kind = LINK_PAIR;
    link.hash =
        fold(image_hash(places, image, incident_hash(incident, LINK_PAIR)));
    act(places, &link);
    for (int kind = PLACE_IMAGE; kind <= PLACE_WAITING; kind++) {
        if (is_of_kind(incident, kind)) {
            link.kind = (uint8_t)kind;
            link.hash = fold(image_hash(places, image, (uint64_t)kind));
            act(places, &link);
        }
    }
}

/* The incident's row that leads to it from the image. */
static const struct affected *
find_image(const struct places *places, const struct incident *incident,
           struct slice image)
{
    uint64_t hash =
        image_hash(places, image, incident_hash(incident, LINK_PAIR));
    for (uint32_t at = first(places, LINK_PAIR, hash); at > 0;
         at = after(places, at)) {
        const struct link *link = &places->links[at - 1];
        if (link->incident == incident->number
            && alias_is_same(incident->affected[link->row].image, image)) {
            return &incident->affected[link->row];
        }
    }
    return NULL;
}

/* As one of its rows has it; empty if none does. */
static struct slice
known_image(const struct places *places, const struct incident *incident,
            struct slice image)
{
    const struct affected *row =
        image.len > 0 ? find_image(places, incident, image) : NULL;
    return row ? row->image : slice_of("", 0);
}

/* Once for all of its rows. */
static void
put_image(struct places *places, struct incident *incident, size_t index)
{
    if (!find_image(places, incident, incident->affected[index].image)) {
        act_on_image(places, incident, index, put);
    }
}

/* Likewise what leads to the row, but for its image. */
static void
act_on_row(struct places *places, struct incident *incident, size_t index,
           uint64_t hash, void (*act)(struct places *, const struct link *))
{
    const struct affected *row = &incident->affected[index];
    struct link link = {.incident = numbers_of(&places->numbers, incident),
                        .row = (uint16_t)index};
    link.kind = LINK_ROW;
    link.hash = fold(hash);
    act(places, &link);
    if (row->pod.len > 0) {
        link.kind = PLACE_POD;
        link.hash = fold(slice_mix(row->pod, PLACE_POD));
        act(places, &link);
    } else if (row->image.len > 0) {
        link.kind = PLACE_PODLESS;
        link.hash = fold(image_hash(places, row->image, PLACE_PODLESS));
        act(places, &link);
    }
}

static void
put_row(struct places *places, struct incident *incident, size_t index,
        uint64_t hash)
{
    places->waiters += incident->cause->joins || incident->cause->yields;
    places->lenders += incident->cause->scope == SCOPE_POD;
    act_on_row(places, incident, index, hash, put);
    if (incident->affected[index].image.len > 0) {
        put_image(places, incident, index);
    }
}

static void
drop_row(struct places *places, struct incident *incident, size_t index)
{
    const struct affected *row = &incident->affected[index];
    act_on_row(places, incident, index, row_hash(incident, row), drop);
    if (row->image.len > 0) {
        act_on_image(places, incident, index, drop);
    }
}

void
places_forget(struct places *places, struct incident *incident)
{
    /* The newest first, since that stands first in its bucket. */
    for (size_t i = incident->affected_count; i > 0; i--) {
        drop_row(places, incident, i - 1);
    }
    incident->is_forgotten = true;
}

void
places_dismiss(struct places *places, struct incident *incident)
{
    const struct link key = {.kind = LINK_KEY,
                             .hash = fold(slice_mix(incident->key, LINK_KEY)),
                             .incident = incident->number};
    if (!incident->is_forgotten) {
        places_forget(places, incident);
    }
    places->dismissals++;
    drop(places, &key);
    numbers_return(&places->numbers, incident);
}

static void
complete(struct places *places, struct incident *incident, struct affected *row,
         const struct affected *wanted)
{
    size_t index = (size_t)(row - incident->affected);
    drop_row(places, incident, index);
    names_learn(incident, row, wanted);
    incident->revision++;
    put_row(places, incident, index, row_hash(incident, row));
}

/* Copies the names of `row`; its counts and times stay zero. */
static struct affected *
add_row(struct places *places, struct incident *incident,
        const struct affected *row, uint64_t hash)
{
    if (incident->affected_count == AFFECTED_MAX) {
        return NULL;
    }
    if (incident->affected_count == incident->affected_room) {
        incident->affected_room += incident->affected_room / 4 + 1;
        incident->affected =
            mem_resize_array(incident->affected, incident->affected_room,
                             sizeof(*incident->affected));
    }
    size_t index = incident->affected_count;
    incident->affected[index] =
        names_copy(incident, row, known_image(places, incident, row->image));
    incident->affected_count++;
    put_row(places, incident, index, hash);
    return &incident->affected[index];
}

struct affected *
places_adopt(struct places *places, struct incident *incident,
             const struct affected *row)
{
    uint64_t hash = row_hash(incident, row);
    struct affected *found = find_row(places, incident, row, hash);
    if (found) {
        return found;
    }
    found = find_pod(places, incident, row);
    if (!found) {
        return add_row(places, incident, row, hash);
    }
    if (names_are_fewer(found, row)) {
        complete(places, incident, found, row);
    }
    return found;
}

struct affected *
places_affected(struct places *places, struct incident *incident,
                const struct facts *facts)
{
    const struct affected wanted = names_of(facts);
    if (wanted.pod.len + wanted.node.len + wanted.image.len == 0) {
        return NULL;
    }
    return places_adopt(places, incident, &wanted);
}

struct affected *
places_row(struct places *places, struct incident *incident,
           const struct facts *facts)
{
    const struct affected wanted = names_of(facts);
    return find_row(places, incident, &wanted, row_hash(incident, &wanted));
}

uint64_t
places_dismissals(const struct places *places)
{
    return places->dismissals;
}

uint64_t
places_waiters(const struct places *places)
{
    return places->waiters;
}

uint64_t
places_lenders(const struct places *places)
{
    return places->lenders;
}

void
places_lend(struct places *places)
{
    places->lenders++;
}

struct place_cursor
places_look(const struct places *places, enum place place,
            const struct facts *facts)
{
    uint64_t hash =
        place == PLACE_POD
            ? slice_mix(facts->value[FACT_POD], PLACE_POD)
            : image_hash(places, facts->value[FACT_IMAGE], (uint64_t)place);
    return (struct place_cursor){places, facts, place,
                                 first(places, (int)place, hash)};
}

bool
places_next(struct place_cursor *cursor, struct incident **incident,
            struct affected **affected)
{
    const struct slice *facts = cursor->facts->value;
    while (cursor->next > 0) {
        const struct link *link = &cursor->places->links[cursor->next - 1];
        *incident = incident_at(cursor->places, link);
        *affected = &(*incident)->affected[link->row];
        struct affected *row = *affected;
        cursor->next = after(cursor->places, cursor->next);
        if (cursor->place == PLACE_POD
                ? slice_equal(row->pod, facts[FACT_POD])
                      && names_may_equal(row->namespace, facts[FACT_NAMESPACE])
                : alias_is_same(row->image, facts[FACT_IMAGE])) {
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
        return slice_equal(row->pod, pod)
            && names_may_equal(row->namespace, namespace);
    }
    if (row->node.len > 0 && node.len > 0) {
        return slice_equal(row->node, node);
    }
    return true;
}
