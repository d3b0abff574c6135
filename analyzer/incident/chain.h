/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_CHAIN_H
#define PULLWHY_INCIDENT_CHAIN_H

/*
 * Where the tellings of one incident and image are found, by their time: what
 * is asked of each of them first, in so little memory that what was told of
 * late stays in the processor's cache (telling.c has the rest).
 *
 * A telling is known by its turn, and what was told `count` turns ago is gone:
 * so who leads to it need not be told.
 */

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * By incident and image, those that named no pod and those that named one; and
 * the latter by their pod as well, which takes other heads and other links.
 */
enum chain {
    CHAIN_PODLESS,
    CHAIN_PODFUL,
    CHAIN_POD,
};

enum {
    CHAIN_LIMIT = UINT16_MAX + 1, /* so far back a link can lead */
    CHAIN_PASTS = 4,
};

/* A chain of one bucket of time, and whatever else leads to the same place. */
struct head {
    uint32_t newest; /* a turn */
    uint32_t marks;  /* a bit, of 32, for each hash that is in it */
};

/* One telling, as a link of its chain. */
struct chain_node {
    uint16_t back;  /* how many turns before it an older one like it may be, */
    uint16_t marks; /* unless these tell that there is none */
    uint16_t sign;  /* of its incident and image */
    uint8_t done;   /* a bit for each voice that has told of all its failures */
    uint8_t when;   /* chain_when() of the last of these */
};

/* Up to a turn, nothing is of a later time. */
struct past {
    int64_t latest;
    uint32_t turn;
};

struct chains {
    struct head *heads;
    struct head *pods; /* the heads of CHAIN_POD; NULL: no pod was named yet */
    size_t head_count; /* a power of two */
    struct chain_node *links; /* of each telling, a ring of `limit` */
    uint32_t *older;          /* the next one of CHAIN_POD; NULL: as above */
    size_t limit;             /* a power of two */
    size_t count;             /* that are not gone */
    uint32_t turn;  /* of the newest one; from 1, and on from 0 in the end */
    int64_t latest; /* time of all so far */
    struct past pasts[CHAIN_PASTS]; /* the newest first */
};

/* Where a telling is put. */
struct chain_place {
    uint64_t hash; /* of the chains of its incident and image, */
    uint64_t pod;  /* and of those of its pod, if it has_pod */
    bool has_pod;
    int64_t at; /* the bucket */
    uint8_t when;
};

void chains_free(struct chains *chains);

/* As many heads as there may be tellings soon; all are to be put in again. */
void chains_widen(struct chains *chains);

/* Pods are named from now on. */
void chains_know_pods(struct chains *chains);

/* One more telling, of that time; returns its turn. */
uint32_t chains_add(struct chains *chains, int64_t time);

/* It is put where it is found. */
void chains_put(struct chains *chains, uint32_t turn,
                const struct chain_place *place);

/* The names are hashes already, so little mixing is needed. */
static inline uint64_t
chain_hash(uint64_t incident, uint64_t image, uint64_t pod)
{
    uint64_t hash = incident ^ (image << 23 | image >> 41);
    hash += pod * 0xd6e8feb86659fd93u;
    hash *= 0x9fb21c651e98df25u;
    return hash ^ hash >> 35;
}

/* Times that differ by less than a minute have others, half a second each. */
static inline uint8_t
chain_when(int64_t time)
{
    return (uint8_t)((uint64_t)time >> 19);
}

static inline uint16_t
chain_sign(uint64_t hash)
{
    return (uint16_t)(hash >> 40);
}

static inline uint32_t
chain_mark(uint64_t hash)
{
    return (uint32_t)1 << (hash >> 59);
}

/* The same of half as many. */
static inline uint16_t
chain_half(uint32_t marks)
{
    return (uint16_t)(marks | marks >> 16);
}

static inline size_t
chain_index(const struct chains *chains, uint32_t turn)
{
    return (turn - 1) & (chains->limit - 1);
}

/* Whether it is one of the newest ones, so many. */
static inline bool
chain_is_within(const struct chains *chains, uint32_t turn, size_t depth)
{
    return chains->turn - turn < depth;
}

/*
 * So many turns back something may be that is not of before a time. Lines come
 * nearly in the order of their time, so that is mostly not far.
 */
static inline uint32_t
chain_depth(const struct chains *chains, int64_t time)
{
    for (size_t i = 0; i < CHAIN_PASTS; i++) {
        if (chains->pasts[i].latest < time) {
            uint32_t depth = chains->turn - chains->pasts[i].turn;
            return depth < chains->count ? depth : (uint32_t)chains->count;
        }
    }
    return (uint32_t)chains->count;
}

static inline struct chain_node *
chain_link(const struct chains *chains, uint32_t turn)
{
    return &chains->links[chain_index(chains, turn)];
}

/*
 * What is looked at together stands together: the buckets of one time and the
 * next, with a pod and without.
 */
static inline struct head *
chain_head(const struct chains *chains, enum chain chain, uint64_t hash,
           int64_t at)
{
    struct head *heads = chain == CHAIN_POD ? chains->pods : chains->heads;
    uint64_t place = hash + ((uint64_t)at * 2 + (chain == CHAIN_PODFUL));
    return &heads[place & (chains->head_count - 1)];
}

/* A turn that is long gone. */
static inline uint32_t
chain_end(const struct chains *chains)
{
    return chains->turn - (uint32_t)chains->count;
}

/* The turn of the first one that may have the hash, or one that is gone. */
static inline uint32_t
chain_first(const struct chains *chains, enum chain chain, uint64_t hash,
            int64_t at)
{
    const struct head *head = chain_head(chains, chain, hash, at);
    return (head->marks & chain_mark(hash)) != 0 ? head->newest
                                                 : chain_end(chains);
}

/* Likewise, the next one. */
static inline uint32_t
chain_next(const struct chains *chains, enum chain chain, uint64_t hash,
           uint32_t turn)
{
    const struct chain_node *link = chain_link(chains, turn);
    if (chain == CHAIN_POD) {
        return chains->older[chain_index(chains, turn)];
    }
    return (link->marks & chain_half(chain_mark(hash))) != 0
             ? turn - link->back
             : chain_end(chains);
}

#endif
