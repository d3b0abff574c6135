/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_pool.h"

#include <string.h>

enum {
    FIRST_SLOTS = 256, /* a power of two, as all sizes of the hash */
};

/* The slot that holds the text, or the free one where it would go. */
static size_t *
slot_of(const struct page_pool *pool, struct slice text)
{
    size_t mask = pool->slot_count - 1;
    size_t at = (size_t)keyed_hash(&pool->key, text) & mask;
    while (pool->slots[at] != 0
           && !slice_equal(pool->texts[pool->slots[at] - 1], text)) {
        at = (at + 1) & mask;
    }
    return &pool->slots[at];
}

/* At most half of the slots are taken. */
static void
make_room(struct page_pool *pool)
{
    if (pool->count == pool->room) {
        pool->room = pool->room * 2 + FIRST_SLOTS / 2;
        pool->texts =
            mem_resize_array(pool->texts, pool->room, sizeof(*pool->texts));
    }
    if (pool->slot_count > pool->count * 2) {
        return;
    }
    pool->slot_count =
        pool->slot_count > 0 ? pool->slot_count * 2 : FIRST_SLOTS;
    pool->slots =
        mem_resize_array(pool->slots, pool->slot_count, sizeof(*pool->slots));
    memset(pool->slots, 0, pool->slot_count * sizeof(*pool->slots));
    for (size_t i = 0; i < pool->count; i++) {
        *slot_of(pool, pool->texts[i]) = i + 1;
    }
}

size_t
page_pool_add(struct page_pool *pool, struct slice text)
{
    make_room(pool);
    size_t *slot = slot_of(pool, text);
    if (*slot == 0) {
        pool->texts[pool->count++] = arena_copy(&pool->arena, text);
        *slot = pool->count;
    }
    return *slot - 1;
}

void
page_pool_free(struct page_pool *pool)
{
    mem_free(pool->texts);
    mem_free(pool->slots);
    arena_free(&pool->arena);
    *pool = (struct page_pool){.key = pool->key};
}
