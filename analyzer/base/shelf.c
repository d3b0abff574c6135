/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shelf.h"

#include "base/mem.h"

enum {
    WAYS = 8,
    GROUP = 32 * WAYS, /* places that are looked at together, about a page */
};

/* Two lines of the cache, the first of which tells whether it is there. */
struct set {
    uint64_t hashes[WAYS];
    void *things[WAYS]; /* NULL: free */
};

struct shelf {
    size_t count_of_sets;
    size_t most; /* bytes */
    size_t count;
    size_t bytes;
    size_t hand; /* what gives place next for want of bytes */
    void *memory;
    struct set *sets; /* in `memory` */
    size_t *sizes;    /* of the things, set by set */
    uint8_t *turns;   /* of each set the way that gives place next */
    uint8_t *is_used; /* of each group whether something was put there */
};

struct shelf *
shelf_new(size_t sets, size_t bytes)
{
    struct shelf *shelf = MEM_NEW(struct shelf);
    shelf->count_of_sets = sets;
    shelf->most = bytes;
    shelf->memory = mem_new(sets * sizeof(struct set) + MEM_LINE);
    shelf->sets = mem_at_line(shelf->memory);
    shelf->sizes = mem_new(sets * WAYS * sizeof(*shelf->sizes));
    shelf->turns = mem_new(sets);
    shelf->is_used = mem_new(sets * WAYS / GROUP + 1);
    return shelf;
}

static void
drop(struct shelf *shelf, size_t index)
{
    struct set *set = &shelf->sets[index / WAYS];
    size_t way = index % WAYS;
    if (set->things[way]) {
        mem_free(set->things[way]);
        set->things[way] = NULL;
        set->hashes[way] = 0;
        shelf->bytes -= shelf->sizes[index];
        shelf->count--;
    }
}

static void
clear_group(struct shelf *shelf, size_t group)
{
    size_t all = shelf->count_of_sets * WAYS;
    for (size_t i = group * GROUP; i < (group + 1) * GROUP && i < all; i++) {
        drop(shelf, i);
    }
}

/* Memory that was never written to is not touched: most runs fill little. */
void
shelf_clear(struct shelf *shelf)
{
    for (size_t i = 0; i <= shelf->count_of_sets * WAYS / GROUP; i++) {
        if (shelf->is_used[i]) {
            clear_group(shelf, i);
        }
    }
}

void
shelf_free(struct shelf *shelf)
{
    if (shelf) {
        shelf_clear(shelf);
        mem_free(shelf->memory);
        mem_free(shelf->sizes);
        mem_free(shelf->turns);
        mem_free(shelf->is_used);
        mem_free(shelf);
    }
}

static size_t
set_of(const struct shelf *shelf, uint64_t hash)
{
    return hash & (shelf->count_of_sets - 1);
}

void
shelf_expect(const struct shelf *shelf, uint64_t hash)
{
    mem_expect(&shelf->sets[set_of(shelf, hash)], sizeof(struct set));
}

void *
shelf_find(const struct shelf *shelf, uint64_t hash)
{
    const struct set *set = &shelf->sets[set_of(shelf, hash)];
    for (size_t i = 0; i < WAYS; i++) {
        if (set->hashes[i] == hash) {
            return set->things[i];
        }
    }
    return NULL;
}

/* That of the same hash, a free one, or the one whose turn it is. */
static size_t
place(struct shelf *shelf, uint64_t hash)
{
    size_t number = set_of(shelf, hash);
    const struct set *set = &shelf->sets[number];
    size_t best = WAYS;
    for (size_t i = 0; i < WAYS; i++) {
        if (set->things[i] && set->hashes[i] == hash) {
            return number * WAYS + i;
        }
        if (!set->things[i] && best == WAYS) {
            best = i;
        }
    }
    return number * WAYS
         + (best < WAYS ? best : (size_t)shelf->turns[number]++ % WAYS);
}

void
shelf_put(struct shelf *shelf, uint64_t hash, void *thing, size_t size)
{
    while (shelf->bytes + size > shelf->most && shelf->count > 0) {
        drop(shelf, shelf->hand);
        shelf->hand = (shelf->hand + 1) % (shelf->count_of_sets * WAYS);
    }
    size_t index = place(shelf, hash);
    drop(shelf, index);
    shelf->is_used[index / GROUP] = 1;
    shelf->sets[index / WAYS].things[index % WAYS] = thing;
    shelf->sets[index / WAYS].hashes[index % WAYS] = hash;
    shelf->sizes[index] = size;
    shelf->bytes += size;
    shelf->count++;
}

size_t
shelf_count(const struct shelf *shelf)
{
    return shelf->count;
}
