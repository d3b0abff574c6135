/* SPDX-License-Identifier: Apache-2.0 */
#include "match/teddy.h"

#include "base/mem.h"
#include "match/usual.h"

#include <assert.h>
#include <string.h>

static_assert((int)TEDDY_WIDTH == (int)USUAL_WIDTH, "as many bytes");

enum {
    ROUNDS = 8, /* at most, in which windows move to a better bucket */
    NOWHERE = TEDDY_BUCKETS,
};

/* Which bytes each place of a window has, as the tables see them. */
struct shape {
    uint16_t low[TEDDY_WIDTH];
    uint16_t high[TEDDY_WIDTH];
};

/* A bucket: the shape of all its windows, and where it stands by each byte. */
struct bucket {
    struct shape shape;
    struct usual_places low[TEDDY_WIDTH];
    struct usual_places high[TEDDY_WIDTH];
    double cost; /* how often it is named in vain, about */
};

struct plan {
    struct usual usual;
    struct bucket buckets[TEDDY_BUCKETS];
    struct window *windows; /* those that the tables find */
    size_t count;
    uint8_t *chosen; /* a bucket for each of them */
};

/* Two words at once; compilers know how. */
typedef uint64_t pair __attribute__((vector_size(16)));

enum {
    PAIR = 2
};

static inline pair
pair_of(const struct usual_places *places, size_t word)
{
    pair both;
    memcpy(&both, &places->of[word], sizeof(both));
    return both;
}

static void
add_places(struct usual_places *sum, const struct usual_places *more)
{
    for (size_t word = 0; word < USUAL_WORDS; word += PAIR) {
        pair both = pair_of(sum, word) | pair_of(more, word);
        memcpy(&sum->of[word], &both, sizeof(both));
    }
}

static void
add_window(const struct usual *usual, struct bucket *bucket,
           const struct window *window)
{
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        bool is_any = i >= window->len;
        unsigned low = window->bytes[i] & 15u;
        unsigned high = window->bytes[i] >> 3 & 15u;
        bucket->shape.low[i] |= is_any ? 0xffffu : 1u << low;
        bucket->shape.high[i] |= is_any ? 0xffffu : 1u << high;
        add_places(&bucket->low[i], is_any ? &usual->all : &usual->low[i][low]);
        add_places(&bucket->high[i],
                   is_any ? &usual->all : &usual->high[i][high]);
    }
}

static size_t
count_of(uint64_t bits)
{
    size_t count = 0;
    for (; bits; bits &= bits - 1) {
        count++;
    }
    return count;
}

/* At how many places of usual lines a window of the two seems to stand. */
static size_t
places_of(const struct bucket *bucket, const struct bucket *more)
{
    size_t count = 0;
    for (size_t word = 0; word < USUAL_WORDS; word += PAIR) {
        pair found = ~(pair){0};
        for (size_t i = 0; i < TEDDY_WIDTH; i++) {
            found &=
                pair_of(&bucket->low[i], word) | pair_of(&more->low[i], word);
            found &=
                pair_of(&bucket->high[i], word) | pair_of(&more->high[i], word);
        }
        count += count_of(found[0]) + count_of(found[1]);
    }
    return count;
}

/* Of all four bytes that there may be. */
static double
part_of(const struct shape *shape, const struct shape *more)
{
    double part = 1;
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        part *= __builtin_popcount(shape->low[i] | more->low[i]);
        part *= __builtin_popcount(shape->high[i] | more->high[i]) / 256.0;
    }
    return part;
}

/* Few lines stand for all, so what they do not say counts a little. */
static double
cost_of(const struct bucket *bucket, const struct bucket *more)
{
    return (double)places_of(bucket, more)
         + 4 * USUAL_MAX * part_of(&bucket->shape, &more->shape);
}

static void
put(struct plan *plan, size_t window, size_t bucket)
{
    struct bucket *into = &plan->buckets[bucket];
    add_window(&plan->usual, into, &plan->windows[window]);
    into->cost = cost_of(into, into);
    plan->chosen[window] = (uint8_t)bucket;
}

/* Takes a window out: the others of its bucket are put in anew. */
static void
take_out(struct plan *plan, size_t window)
{
    size_t from = plan->chosen[window];
    if (from == NOWHERE) {
        return;
    }
    struct bucket *bucket = &plan->buckets[from];
    *bucket = (struct bucket){0};
    plan->chosen[window] = NOWHERE;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->chosen[i] == from) {
            add_window(&plan->usual, bucket, &plan->windows[i]);
        }
    }
    bucket->cost = cost_of(bucket, bucket);
}

/* In the bucket that it makes worse least; true: it was in another one. */
static bool
put_best(struct plan *plan, size_t window)
{
    struct bucket alone = {0};
    size_t before = plan->chosen[window];
    size_t best = 0;
    double least = 0;
    take_out(plan, window);
    add_window(&plan->usual, &alone, &plan->windows[window]);
    for (size_t i = 0; i < TEDDY_BUCKETS; i++) {
        const struct bucket *bucket = &plan->buckets[i];
        double more = cost_of(bucket, &alone) - bucket->cost;
        if (i == 0 || more < least) {
            least = more;
            best = i;
        }
    }
    put(plan, window, best);
    return best != before;
}

/*
 * What each window costs in the best of the open buckets, now that one more is
 * open; returns the one that costs most and is in none.
 */
static size_t
costliest(const struct plan *plan, size_t newest, double *least)
{
    const struct bucket *bucket = &plan->buckets[newest];
    double most = -1;
    size_t found = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct bucket alone = {0};
        add_window(&plan->usual, &alone, &plan->windows[i]);
        double more = cost_of(bucket, &alone) - bucket->cost;
        least[i] = newest == 0 || more < least[i] ? more : least[i];
        if (plan->chosen[i] == NOWHERE && least[i] > most) {
            most = least[i];
            found = i;
        }
    }
    return found;
}

/*
 * The windows that take the others worst have a bucket each to begin with: some
 * one, and then always the one that costs most in what is open.
 */
static void
open_buckets(struct plan *plan, size_t first)
{
    double *least = mem_new((plan->count + 1) * sizeof(*least));
    size_t seed = first;
    for (size_t open = 0; open < TEDDY_BUCKETS && open < plan->count; open++) {
        put(plan, seed, open);
        seed = costliest(plan, open, least);
    }
    mem_free(least);
}

/* Where there is something to win; returns how many moved. */
static size_t
put_all(struct plan *plan)
{
    size_t moved = 0;
    for (size_t i = 0; i < plan->count; i++) {
        size_t bucket = plan->chosen[i];
        if (bucket == NOWHERE || plan->buckets[bucket].cost >= 1) {
            moved += put_best(plan, i);
        }
    }
    return moved;
}

/* From a window on; returns what all places in vain cost. */
static double
spread(struct plan *plan, size_t first)
{
    double cost = 0;
    memset(plan->buckets, 0, sizeof(plan->buckets));
    memset(plan->chosen, NOWHERE, plan->count);
    open_buckets(plan, first);
    for (size_t i = 0; i < ROUNDS && put_all(plan) > 0; i++) {
    }
    for (size_t i = 0; i < TEDDY_BUCKETS; i++) {
        cost += plan->buckets[i].cost;
    }
    return cost;
}

/* What comes of it depends on where it begins, so others are tried, too. */
static void
spread_well(struct plan *plan, size_t tries)
{
    uint8_t *best = mem_new(plan->count + 1);
    double least = 0;
    for (size_t i = 0; i < tries && i < plan->count; i++) {
        double cost = spread(plan, i * plan->count / tries);
        if (i == 0 || cost < least) {
            least = cost;
            memcpy(best, plan->chosen, plan->count);
        }
    }
    memcpy(plan->chosen, best, plan->count);
    mem_free(best);
}

void
teddy_plan(struct window *windows, size_t count, size_t tries)
{
    struct plan *plan = MEM_NEW(struct plan);
    plan->windows = mem_new((count + 1) * sizeof(*plan->windows));
    plan->chosen = mem_new(count + 1);
    for (size_t i = 0; i < count; i++) {
        if (windows[i].bytes[0] < 0x80) {
            plan->windows[plan->count++] = windows[i];
        }
    }
    usual_read(&plan->usual);
    spread_well(plan, tries);
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        windows[i].bucket =
            windows[i].bytes[0] < 0x80 ? plan->chosen[next++] : NOWHERE;
    }
    mem_free(plan->chosen);
    mem_free(plan->windows);
    mem_free(plan);
}

/* The bytes that the bucket's windows have at one place, four bits of each. */
static void
write_tables(struct teddy *teddy, const struct window *window)
{
    uint8_t bit = (uint8_t)(1u << window->bucket);
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        bool is_any = i >= window->len;
        for (unsigned four = 0; four < 16; four++) {
            bool is_low = is_any || four == (window->bytes[i] & 15u);
            bool is_high = is_any || four == (window->bytes[i] >> 3 & 15u);
            teddy->low[i][four] |= is_low ? bit : 0;
            teddy->high[i][four] |= is_high ? bit : 0;
        }
    }
}

/* The same, seven bits of each. */
static void
write_whole(struct teddy *teddy, const struct window *window)
{
    uint8_t bit = (uint8_t)(1u << window->bucket);
    for (size_t i = 0; i < window->len; i++) {
        teddy->whole[i][window->bytes[i] % TEDDY_BYTES] |= bit;
    }
    for (size_t i = window->len; i < TEDDY_WIDTH; i++) {
        for (size_t byte = 0; byte < TEDDY_BYTES; byte++) {
            teddy->whole[i][byte] |= bit;
        }
    }
}

static void
add_to_filter(struct teddy *teddy, const struct window *window)
{
    uint32_t bytes;
    memcpy(&bytes, window->bytes, sizeof(bytes));
    unsigned hash = teddy_hash(bytes);
    if (window->len < TEDDY_WIDTH) {
        hash = teddy_short_hash(window->bytes[0], window->bytes[1]);
        teddy->shorts[hash / 64] |= UINT64_C(1) << hash % 64;
    } else {
        teddy->filter[hash / 64] |= UINT64_C(1) << hash % 64;
    }
}

void
teddy_make(struct teddy *teddy, const struct window *windows, size_t count)
{
    memset(teddy, 0, sizeof(*teddy));
    for (size_t i = 0; i < count; i++) {
        bool is_ascii = windows[i].bytes[0] < 0x80;
        assert(is_ascii == (windows[i].bucket < TEDDY_BUCKETS));
        add_to_filter(teddy, &windows[i]);
        if (is_ascii) {
            write_tables(teddy, &windows[i]);
            write_whole(teddy, &windows[i]);
        }
    }
}
