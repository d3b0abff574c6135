/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shelf.h"

#include "base/mem.h"

enum {
    WAYS = 8, /* their hashes lie in one line of the cache */
};

struct shelf {
    size_t sets;
    size_t most; /* bytes */
    size_t count;
    size_t bytes;
    size_t hand; /* what gives place next for want of bytes */
    uint64_t *hashes;
    void **things; /* NULL: free */
    size_t *sizes;
    uint8_t *turns; /* of each set the way that gives place next */
};

struct shelf *
shelf_new(size_t sets, size_t bytes)
{
    struct shelf *shelf = MEM_NEW(struct shelf);
    shelf->sets = sets;
    shelf->most = bytes;
    shelf->hashes = mem_new(sets * WAYS * sizeof(*shelf->hashes));
    shelf->things = mem_new(sets * WAYS * sizeof(*shelf->things));
    shelf->sizes = mem_new(sets * WAYS * sizeof(*shelf->sizes));
    shelf->turns = mem_new(sets);
    return shelf;
}

static void
drop(struct shelf *shelf, size_t index)
{
    if (shelf->things[index]) {
        mem_free(shelf->things[index]);
        shelf->things[index] = NULL;
        shelf->hashes[index] = 0;
        shelf->bytes -= shelf->sizes[index];
        shelf->count--;
    }
}

void
shelf_clear(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->sets * WAYS; i++) {
        drop(shelf, i);
    }
}

void
shelf_free(struct shelf *shelf)
{
    if (shelf) {
        shelf_clear(shelf);
        mem_free(shelf->hashes);
        mem_free(shelf->things);
        mem_free(shelf->sizes);
        mem_free(shelf->turns);
        mem_free(shelf);
    }
}

static size_t
set_of(const struct shelf *shelf, uint64_t hash)
{
    return (hash & (shelf->sets - 1)) * WAYS;
}

void *
shelf_find(const struct shelf *shelf, uint64_t hash)
{
    size_t first = set_of(shelf, hash);
    for (size_t i = first; i < first + WAYS; i++) {
        if (shelf->hashes[i] == hash) {
            return shelf->things[i];
        }
    }
    return NULL;
}

/* That of the same hash, a free one, or the one whose turn it is. */
static size_t
place(struct shelf *shelf, uint64_t hash)
{
    size_t first = set_of(shelf, hash);
    size_t best = first + WAYS;
    for (size_t i = first; i < first + WAYS; i++) {
        if (shelf->things[i] && shelf->hashes[i] == hash) {
            return i;
        }
        if (!shelf->things[i] && best == first + WAYS) {
            best = i;
        }
    }
    return best < first + WAYS ? best
                               : first + shelf->turns[first / WAYS]++ % WAYS;
}

void
shelf_put(struct shelf *shelf, uint64_t hash, void *thing, size_t size)
{
    while (shelf->bytes + size > shelf->most && shelf->count > 0) {
        drop(shelf, shelf->hand);
        shelf->hand = (shelf->hand + 1) % (shelf->sets * WAYS);
    }
    size_t index = place(shelf, hash);
    drop(shelf, index);
    shelf->things[index] = thing;
    shelf->hashes[index] = hash;
    shelf->sizes[index] = size;
    shelf->bytes += size;
    shelf->count++;
}

size_t
shelf_count(const struct shelf *shelf)
{
    return shelf->count;
}
