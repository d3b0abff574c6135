/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_LINKS_H
#define PULLWHY_INCIDENT_LINKS_H

/*
 * The hash table of places.h: links by which incidents and their rows are
 * found, the newest first. It knows hashes only: what has the same one is told
 * apart by whoever asks.
 */

#include <stddef.h>
#include <stdint.h>

/* Of pods there are thousands, each with several links; so these are small. */
struct link {
    uint32_t incident; /* its number */
    uint32_t hash;     /* links_fold() */
    uint32_t next; /* the table's: the next one of the bucket, from 1; or 0 */
    uint16_t row;  /* index into the incident's affected */
    uint8_t kind;  /* the asker's; not UINT8_MAX */
};

struct links {
    struct link *links;
    size_t count;
    size_t room;
    uint32_t free; /* the first link that is free again, from 1; 0 for none */
    uint32_t *buckets; /* the newest link of each, from 1; 0 for none */
    size_t bucket_count;
};

/* What links_put() and links_drop() have in common. */
typedef void links_act(struct links *links, const struct link *link);

void links_begin(struct links *links); /* of zeroed ones */
void links_free(struct links *links);

/* Adds one, or takes out the one of that kind, incident and row. */
void links_put(struct links *links, const struct link *link);
void links_drop(struct links *links, const struct link *link);

/* Of those of a kind and hash the newest, and the next; from 1, 0: none. */
uint32_t links_first(const struct links *links, int kind, uint64_t hash);
uint32_t links_after(const struct links *links, uint32_t at);

static inline const struct link *
links_at(const struct links *links, uint32_t at)
{
    return &links->links[at - 1];
}

static inline uint32_t
links_fold(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

#endif
