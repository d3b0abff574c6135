/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/places.h"

#include "incident/alias.h"
#include "incident/links.h"
#include "incident/names.h"
#include "incident/numbers.h"

#include <assert.h>
#include <string.h>

enum {
    IMAGE_LONGEST = 128, /* bytes that are compared with the last one */
    STEPS = 256,         /* links that are looked at for one pod */
};

/* What a link is found by: those of enum place, and these. */
enum {
    LINK_KEY = PLACES,
    LINK_ROW,      /* an incident's row, by all that it names */
    LINK_PAIR,     /* an incident and one of its images */
    LINK_NAMESAKE, /* a row by its pod, whatever the namespace */
};

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
    struct links links;
    uint64_t dismissals;
    uint64_t waiters;
    uint64_t lenders;
};

struct places *
places_new(void)
{
    struct places *places = MEM_NEW(struct places);
    links_begin(&places->links);
    places->last = MEM_NEW(struct last_image);
    return places;
}

void
places_free(struct places *places)
{
    if (places) {
        numbers_free(&places->numbers);
        links_free(&places->links);
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

void
places_put_key(struct places *places, struct incident *incident)
{
    struct link link = {.incident = numbers_of(&places->numbers, incident)};
    link.kind = LINK_KEY;
    link.hash = links_fold(slice_mix(incident->key, LINK_KEY));
    links_put(&places->links, &link);
}

struct incident *
places_find_key(struct places *places, struct slice key)
{
    for (uint32_t at =
             links_first(&places->links, LINK_KEY, slice_mix(key, LINK_KEY));
         at > 0; at = links_after(&places->links, at)) {
        struct incident *incident =
            incident_at(places, links_at(&places->links, at));
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
    for (uint32_t at = links_first(&places->links, LINK_ROW, hash); at > 0;
         at = links_after(&places->links, at)) {
        const struct link *link = links_at(&places->links, at);
        if (link->incident == incident->number
            && names_are_equal(&incident->affected[link->row], wanted)) {
            return &incident->affected[link->row];
        }
    }
    return NULL;
}

/* Of a pod without a namespace: those that say none. */
static uint64_t
pod_hash(struct slice pod, struct slice namespace)
{
    return slice_mix(pod, slice_mix(namespace, PLACE_POD));
}

/*
 * The links that may lead to the pod. There may be thousands of that name, each
 * in a namespace of its own, so these are told apart; only who does not know
 * the namespace looks at all of them.
 */
static struct place_chains
pod_chains(const struct places *places, struct slice pod,
           struct slice namespace)
{
    struct place_chains chains = {.left = STEPS};
    if (pod.len > 0 && namespace.len > 0) {
        uint64_t of_nowhere = pod_hash(pod, slice_of(NULL, 0));
        chains.next =
            links_first(&places->links, PLACE_POD, pod_hash(pod, namespace));
        chains.then = links_first(&places->links, PLACE_POD, of_nowhere);
    } else if (pod.len > 0) {
        chains.next = links_first(&places->links, LINK_NAMESAKE,
                                  slice_mix(pod, LINK_NAMESAKE));
    }
    return chains;
}

/* The next link of these, the newest first; NULL: there is none. */
static const struct link *
next_link(const struct places *places, struct place_chains *chains)
{
    if (chains->next == 0) {
        chains->next = chains->then;
        chains->then = 0;
    }
    if (chains->next == 0 || chains->left == 0) {
        return NULL;
    }
    const struct link *link = links_at(&places->links, chains->next);
    chains->next = links_after(&places->links, chains->next);
    chains->left--;
    return link;
}

/* The pod's row that another line, which knew more or less of it, has made. */
static struct affected *
find_pod(const struct places *places, struct incident *incident,
         const struct affected *wanted)
{
    struct place_chains chains =
        pod_chains(places, wanted->pod, wanted->namespace);
    const struct link *link;
    while ((link = next_link(places, &chains))) {
        if (link->incident == incident->number
            && names_may_be(&incident->affected[link->row], wanted)) {
            return &incident->affected[link->row];
        }
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
             links_act *act)
{
    struct slice image = incident->affected[index].image;
    struct link link = {.incident = numbers_of(&places->numbers, incident),
                        .row = (uint16_t)index};
    link.kind = LINK_PAIR;
    link.hash = links_fold(
        image_hash(places, image, incident_hash(incident, LINK_PAIR)));
    act(&places->links, &link);
    for (int kind = PLACE_IMAGE; kind <= PLACE_WAITING; kind++) {
        if (is_of_kind(incident, kind)) {
            link.kind = (uint8_t)kind;
            link.hash = links_fold(image_hash(places, image, (uint64_t)kind));
            act(&places->links, &link);
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
    for (uint32_t at = links_first(&places->links, LINK_PAIR, hash); at > 0;
         at = links_after(&places->links, at)) {
        const struct link *link = links_at(&places->links, at);
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
        act_on_image(places, incident, index, links_put);
    }
}

/* Likewise what leads to the row, but for its image. */
static void
act_on_row(struct places *places, struct incident *incident, size_t index,
           uint64_t hash, links_act *act)
{
    const struct affected *row = &incident->affected[index];
    struct link link = {.incident = numbers_of(&places->numbers, incident),
                        .row = (uint16_t)index};
    link.kind = LINK_ROW;
    link.hash = links_fold(hash);
    act(&places->links, &link);
    if (row->pod.len > 0) {
        link.kind = PLACE_POD;
        link.hash = links_fold(pod_hash(row->pod, row->namespace));
        act(&places->links, &link);
        link.kind = LINK_NAMESAKE;
        link.hash = links_fold(slice_mix(row->pod, LINK_NAMESAKE));
        act(&places->links, &link);
    } else if (row->image.len > 0) {
        link.kind = PLACE_PODLESS;
        link.hash = links_fold(image_hash(places, row->image, PLACE_PODLESS));
        act(&places->links, &link);
    }
}

static void
put_row(struct places *places, struct incident *incident, size_t index,
        uint64_t hash)
{
    places->waiters += incident->cause->joins || incident->cause->yields;
    places->lenders += incident->cause->scope == SCOPE_POD;
    act_on_row(places, incident, index, hash, links_put);
    if (incident->affected[index].image.len > 0) {
        put_image(places, incident, index);
    }
}

static void
drop_row(struct places *places, struct incident *incident, size_t index)
{
    const struct affected *row = &incident->affected[index];
    act_on_row(places, incident, index, row_hash(incident, row), links_drop);
    if (row->image.len > 0) {
        act_on_image(places, incident, index, links_drop);
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
                             .hash =
                                 links_fold(slice_mix(incident->key, LINK_KEY)),
                             .incident = incident->number};
    if (!incident->is_forgotten) {
        places_forget(places, incident);
    }
    places->dismissals++;
    links_drop(&places->links, &key);
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

/* What the row would say if it knew what the other one does. */
static struct affected
joined(const struct affected *row, const struct affected *other)
{
    struct affected all = *row;
    all.namespace = row->namespace.len > 0 ? row->namespace : other->namespace;
    all.container = row->container.len > 0 ? row->container : other->container;
    all.node = row->node.len > 0 ? row->node : other->node;
    all.image = row->image.len > 0 ? row->image : other->image;
    return all;
}

/* It learns what it does not know, unless another row knows just that. */
static struct affected *
completed(struct places *places, struct incident *incident,
          struct affected *row, const struct affected *wanted)
{
    const struct affected all = joined(row, wanted);
    struct affected *other =
        find_row(places, incident, &all, row_hash(incident, &all));
    if (other) {
        return other;
    }
    complete(places, incident, row, wanted);
    return row;
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
    return names_are_fewer(found, row) ? completed(places, incident, found, row)
                                       : found;
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
    const struct slice *value = facts->value;
    struct place_cursor cursor = {places, facts, place, {.left = UINT32_MAX}};
    if (place == PLACE_POD) {
        cursor.chains =
            pod_chains(places, value[FACT_POD], value[FACT_NAMESPACE]);
    } else {
        cursor.chains.next =
            links_first(&places->links, (int)place,
                        image_hash(places, value[FACT_IMAGE], (uint64_t)place));
    }
    return cursor;
}

bool
places_next(struct place_cursor *cursor, struct incident **incident,
            struct affected **affected)
{
    const struct slice *facts = cursor->facts->value;
    const struct link *link;
    while ((link = next_link(cursor->places, &cursor->chains))) {
        *incident = incident_at(cursor->places, link);
        *affected = &(*incident)->affected[link->row];
        struct affected *row = *affected;
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
