/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/links.h"

#include "base/mem.h"

#include <assert.h>

enum {
    BUCKETS_FIRST = 256, /* then twice as many, and so on */
    LINK_FREE = UINT8_MAX,
};

static_assert(sizeof(struct link) == 16, "a link is small");

void
links_begin(struct links *links)
{
    links->bucket_count = BUCKETS_FIRST;
    links->buckets = mem_new(BUCKETS_FIRST * sizeof(*links->buckets));
}

void
links_free(struct links *links)
{
    mem_free(links->links);
    mem_free(links->buckets);
}

/*
 * Deals the links of an old bucket out to the two that it becomes, each behind
 * the others, so that the newest stays first.
 */
static void
split(struct links *links, uint32_t at, uint32_t *buckets, size_t count)
{
    uint32_t last[2] = {0, 0};
    while (at > 0) {
        struct link *link = &links->links[at - 1];
        uint32_t next = link->next;
        size_t bucket = link->hash & (count - 1);
        uint32_t *tail = &last[bucket >= links->bucket_count];
        if (*tail > 0) {
            links->links[*tail - 1].next = at;
        } else {
            buckets[bucket] = at;
        }
        link->next = 0;
        *tail = at;
        at = next;
    }
}

static void
widen(struct links *links)
{
    size_t count = links->bucket_count * 2;
    uint32_t *buckets = mem_new(count * sizeof(*buckets));
    for (size_t i = 0; i < links->bucket_count; i++) {
        split(links, links->buckets[i], buckets, count);
    }
    mem_free(links->buckets);
    links->buckets = buckets;
    links->bucket_count = count;
}

/* The number of a link that is not in use. */
static uint32_t
take_link(struct links *links)
{
    uint32_t at = links->free;
    if (at > 0) {
        links->free = links->links[at - 1].next;
        return at;
    }
    if (links->count == links->bucket_count) {
        widen(links);
    }
    if (links->count == links->room) {
        links->room += links->room > 0 ? links->room / 2 : BUCKETS_FIRST;
        links->links =
            mem_resize_array(links->links, links->room, sizeof(*links->links));
    }
    return (uint32_t)++links->count;
}

static uint32_t *
bucket_of(const struct links *links, uint32_t hash)
{
    return &links->buckets[hash & (links->bucket_count - 1)];
}

void
links_put(struct links *links, const struct link *link)
{
    uint32_t at = take_link(links);
    uint32_t *bucket = bucket_of(links, link->hash);
    links->links[at - 1] = *link;
    links->links[at - 1].next = *bucket;
    *bucket = at;
}

void
links_drop(struct links *links, const struct link *link)
{
    uint32_t *at = bucket_of(links, link->hash);
    while (*at > 0) {
        struct link *found = &links->links[*at - 1];
        if (found->kind == link->kind && found->incident == link->incident
            && found->row == link->row) {
            uint32_t number = *at;
            *at = found->next;
            found->kind = LINK_FREE;
            found->next = links->free;
            links->free = number;
            return;
        }
        at = &found->next;
    }
}

/* The next one of that kind and hash from `at` on; 0 if there is none. */
static uint32_t
find(const struct links *links, int kind, uint32_t hash, uint32_t at)
{
    while (at > 0
           && (links->links[at - 1].hash != hash
               || links->links[at - 1].kind != kind)) {
        at = links->links[at - 1].next;
    }
    return at;
}

uint32_t
links_first(const struct links *links, int kind, uint64_t hash)
{
    uint32_t folded = links_fold(hash);
    return find(links, kind, folded, *bucket_of(links, folded));
}

uint32_t
links_after(const struct links *links, uint32_t at)
{
    const struct link *link = &links->links[at - 1];
    return find(links, link->kind, link->hash, link->next);
}
