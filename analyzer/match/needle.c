/* SPDX-License-Identifier: Apache-2.0 */
#include "match/needle.h"

#include "base/mem.h"

#include <assert.h>
#include <stdint.h>

enum {
    PAIRS = 65536, /* values of two bytes */
};

/* Literals that begin with the same two bytes stand in one chain. */
struct needle {
    struct slice literal;
    struct needle *next;
};

struct needle_set {
    struct arena arena;
    uint8_t begins[PAIRS / 8];  /* a bit for each pair that begins a literal */
    struct needle *chains[256]; /* by the first byte */
};

static unsigned
pair_at(const char *at)
{
    return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

struct needle_set *
needle_set_new(void)
{
    return MEM_NEW(struct needle_set);
}

void
needle_set_free(struct needle_set *set)
{
    if (set) {
        arena_free(&set->arena);
        mem_free(set);
    }
}

void
needle_set_add(struct needle_set *set, struct slice literal)
{
    assert(literal.len >= 2);
    unsigned pair = pair_at(literal.data);
    struct needle **chain = &set->chains[(unsigned char)literal.data[0]];
    for (struct needle *at = *chain; at; at = at->next) {
        if (slice_equal(at->literal, literal)) {
            return;
        }
    }
    struct needle *needle = arena_alloc(&set->arena, sizeof(*needle));
    needle->literal = arena_copy(&set->arena, literal);
    needle->next = *chain;
    *chain = needle;
    set->begins[pair / 8] |= (uint8_t)(1u << pair % 8);
}

static bool
stands_here(const struct needle *chain, struct slice text)
{
    for (; chain; chain = chain->next) {
        if (slice_starts(text, chain->literal)) {
            return true;
        }
    }
    return false;
}

bool
needle_find(const struct needle_set *set, struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned pair = pair_at(text.data + i);
        if ((set->begins[pair / 8] >> pair % 8 & 1)
            && stands_here(set->chains[(unsigned char)text.data[i]],
                           slice_after(text, i))) {
            return true;
        }
    }
    return false;
}
