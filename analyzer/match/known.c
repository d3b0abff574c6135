/* SPDX-License-Identifier: Apache-2.0 */
#include "match/known.h"

#include <assert.h>
#include <string.h>

enum {
    SPARE = 4, /* once more than those of the first line are known */
};

static_assert(FACTS <= 64, "a bit for each fact");

/* Whose text most others are a part of: the registry is one of the image. */
static const enum fact wholes[] = {
    FACT_IMAGE,
    FACT_POD,
    FACT_NODE,
    FACT_HTTP_URL,
};

static uint64_t
bit_of(enum fact fact)
{
    return UINT64_C(1) << fact;
}

static size_t
count_of(uint64_t bits)
{
    const uint64_t pairs = UINT64_C(0x3333333333333333);
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & pairs) + (bits >> 2 & pairs);
    bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

/* Where the fact's value stands, or would. */
static size_t
place_of(const struct known_facts *known, enum fact fact)
{
    return count_of(known->facts & (bit_of(fact) - 1));
}

/* The lengths stand behind the texts. */
static uint32_t *
lens_of(const struct known_facts *known)
{
    return known->room > 0 ? (uint32_t *)(void *)(known->texts + known->room)
                           : NULL;
}

static void
put(struct known_facts *known, size_t at, struct slice value)
{
    assert(value.len <= UINT32_MAX);
    known->texts[at] = value.data;
    lens_of(known)[at] = (uint32_t)value.len;
}

struct slice
known_get(const struct known_facts *known, enum fact fact)
{
    if ((known->facts & bit_of(fact)) == 0) {
        return slice_of("", 0);
    }
    size_t at = place_of(known, fact);
    return slice_of(known->texts[at], lens_of(known)[at]);
}

static void
make_room(struct known_facts *known, size_t count, struct arena *arena)
{
    if (count <= known->room) {
        return;
    }
    size_t before = count_of(known->facts);
    struct known_facts more = {.facts = known->facts};
    more.room = known->room > 0 ? count + SPARE : count;
    more.texts =
        arena_alloc(arena, more.room * (sizeof(char *) + sizeof(uint32_t)));
    if (before > 0) {
        memcpy(more.texts, known->texts, before * sizeof(char *));
        memcpy(lens_of(&more), lens_of(known), before * sizeof(uint32_t));
    }
    *known = more;
}

/* Moves what stands from one place on to another one. */
static void
move(struct known_facts *known, size_t from, size_t to)
{
    size_t count = count_of(known->facts) - from;
    uint32_t *lens = lens_of(known);
    memmove(&known->texts[to], &known->texts[from], count * sizeof(char *));
    memmove(&lens[to], &lens[from], count * sizeof(*lens));
}

static void
insert(struct known_facts *known, enum fact fact, struct slice value)
{
    size_t at = place_of(known, fact);
    move(known, at, at + 1);
    put(known, at, value);
    known->facts |= bit_of(fact);
}

void
known_set(struct known_facts *known, enum fact fact, struct slice value,
          struct arena *arena)
{
    bool is_known = (known->facts & bit_of(fact)) != 0;
    size_t at = place_of(known, fact);
    if (is_known && value.len > 0) {
        put(known, at, value);
    } else if (is_known) {
        move(known, at + 1, at);
        known->facts &= ~bit_of(fact);
    } else if (value.len > 0) {
        make_room(known, count_of(known->facts) + 1, arena);
        insert(known, fact, value);
    }
}

static uint64_t
bits_of(const struct facts *facts)
{
    uint64_t bits = 0;
    for (int i = 0; i < FACTS; i++) {
        bits |= (uint64_t)(facts->value[i].len > 0) << i;
    }
    return bits;
}

void
known_set_all(struct known_facts *known, const struct facts *facts,
              struct arena *arena)
{
    size_t count = 0;
    known->facts = 0;
    make_room(known, count_of(bits_of(facts)), arena);
    for (int i = 0; i < FACTS; i++) {
        if (facts->value[i].len > 0) {
            put(known, count++, facts->value[i]);
        }
    }
    known->facts = bits_of(facts);
}

/* The same text within one that is known already; empty if there is none. */
static struct slice
seek(const struct known_facts *known, const struct facts *from,
     struct slice value)
{
    for (size_t i = 0; i < COUNT(wholes); i++) {
        struct slice whole = known_get(known, wholes[i]);
        struct slice theirs = from->value[wholes[i]];
        size_t offset = (uintptr_t)value.data - (uintptr_t)theirs.data;
        if (slice_starts(whole, value)) {
            return slice_before(whole, value.len);
        }
        if (offset < theirs.len
            && slice_starts(slice_after(whole, offset), value)) {
            return slice_before(slice_after(whole, offset), value.len);
        }
    }
    return slice_of("", 0);
}

void
known_merge(struct known_facts *known, const struct facts *from,
            struct slice text, struct arena *arena)
{
    uint64_t news = bits_of(from) & ~known->facts;
    if (news == 0) {
        return;
    }
    make_room(known, count_of(known->facts | news), arena);
    for (int i = 0; i < FACTS; i++) {
        struct slice value = from->value[i];
        if ((news >> i & 1) == 0) {
            continue;
        }
        struct slice kept = seek(known, from, value);
        if (kept.len == 0) {
            kept = slice_ends(text, value)
                     ? slice_after(text, text.len - value.len)
                     : arena_copy(arena, value);
        }
        insert(known, (enum fact)i, kept);
    }
}

void
known_unpack(const struct known_facts *known, struct facts *facts)
{
    const uint32_t *lens = lens_of(known);
    size_t count = 0;
    *facts = (struct facts){0};
    for (int i = 0; i < FACTS; i++) {
        if ((known->facts >> i & 1) != 0) {
            facts->value[i] = slice_of(known->texts[count], lens[count]);
            count++;
        }
    }
}
