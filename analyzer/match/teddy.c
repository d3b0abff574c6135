/* SPDX-License-Identifier: Apache-2.0 */
#include "match/teddy.h"

#include "base/mem.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#    include <immintrin.h>
#    define HAS_X86 1
#else
#    define HAS_X86 0
#endif

/* Which bytes each place of a bucket's windows has: as the tables see them. */
struct shape {
    uint16_t low[TEDDY_WIDTH];
    uint16_t high[TEDDY_WIDTH];
    double rate; /* how often a place looks like one of the windows */
};

/* Of 1000 bytes of what nodes log, by the table's row of eight. */
static const struct {
    unsigned char from;
    unsigned char to;
    double each;
} rates[] = {
    {' ', ' ', 85}, {'"', '"', 35},   {'-', '-', 30},  {'.', '.', 22},
    {'/', '/', 22}, {'0', '9', 25},   {':', ':', 25},  {'=', '=', 18},
    {'A', 'Z', 4},  {'\\', '\\', 10}, {'a', 'a', 40},  {'b', 'b', 14},
    {'c', 'c', 28}, {'d', 'd', 30},   {'e', 'e', 55},  {'f', 'f', 15},
    {'g', 'g', 14}, {'h', 'h', 12},   {'i', 'i', 35},  {'j', 'k', 5},
    {'l', 'l', 22}, {'m', 'm', 18},   {'n', 'n', 38},  {'o', 'o', 40},
    {'p', 'p', 20}, {'q', 'q', 2},    {'r', 'r', 35},  {'s', 's', 36},
    {'t', 't', 40}, {'u', 'u', 18},   {'v', 'v', 10},  {'w', 'w', 6},
    {'x', 'z', 5},  {',', ',', 5},    {'[', ']', 4},   {'_', '_', 4},
    {'{', '}', 3},  {'(', ')', 2},    {0x80, 0xff, 1},
};

static double
rate_of_byte(unsigned char byte)
{
    for (size_t i = COUNT(rates); i > 0; i--) {
        if (byte >= rates[i - 1].from && byte <= rates[i - 1].to) {
            return rates[i - 1].each / 1000;
        }
    }
    return 0.0005;
}

double
teddy_rate(const struct window *window)
{
    double rate = 1;
    for (size_t i = 0; i < window->len; i++) {
        rate *= rate_of_byte(window->bytes[i]);
    }
    return rate;
}

static void
add_window(struct shape *shape, const struct window *window)
{
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        bool is_any = i >= window->len;
        shape->low[i] |= is_any ? 0xffffu : 1u << (window->bytes[i] & 15);
        shape->high[i] |= is_any ? 0xffffu : 1u << (window->bytes[i] >> 4);
    }
}

static double
sum_of(unsigned low, unsigned high, const double of[256])
{
    double sum = 0;
    for (size_t four = 0; high >> four; four++) {
        for (size_t i = 0; (high >> four & 1) != 0 && low >> i; i++) {
            sum += (low >> i & 1) != 0 ? of[four << 4 | i] : 0;
        }
    }
    return sum < 1 ? sum : 1;
}

static double
rate_of(const struct shape *shape, const double of[256])
{
    double rate = 1;
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        rate *= sum_of(shape->low[i], shape->high[i], of);
    }
    return rate;
}

static struct shape
both(const struct shape *a, const struct shape *b, const double of[256])
{
    struct shape sum;
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        sum.low[i] = a->low[i] | b->low[i];
        sum.high[i] = a->high[i] | b->high[i];
    }
    sum.rate = rate_of(&sum, of);
    return sum;
}

/* Puts the window into the bucket in which it costs least. */
static size_t
place(struct shape *shapes, const struct shape *window, const double of[256])
{
    struct shape best = {0};
    size_t bucket = 0;
    for (size_t i = 0; i < TEDDY_BUCKETS; i++) {
        struct shape sum = both(&shapes[i], window, of);
        if (i == 0
            || sum.rate - shapes[i].rate < best.rate - shapes[bucket].rate) {
            best = sum;
            bucket = i;
        }
    }
    shapes[bucket] = best;
    return bucket;
}

/*
 * The window that costs most in the buckets that are open, now with `shape`.
 * least[i] is what a window costs in the best of them.
 */
static size_t
costliest(const struct shape *shape, const struct shape *each, double *least,
          size_t count, const double of[256])
{
    size_t found = 0;
    double most = -1;
    for (size_t i = 0; i < count; i++) {
        double more = both(shape, &each[i], of).rate - shape->rate;
        least[i] = more < least[i] ? more : least[i];
        if (least[i] - each[i].rate > most) {
            most = least[i] - each[i].rate;
            found = i;
        }
    }
    return found;
}

/*
 * The windows that take the others worst have a bucket each to begin with: the
 * first, and then always the one that costs most in what is open.
 */
static void
open_buckets(struct shape *shapes, const struct shape *each, double *least,
             size_t count, const double of[256])
{
    enum {
        NEVER = 2 /* a rate is at most 1 */
    };

    size_t seed = 0;
    for (size_t i = 0; i < count; i++) {
        least[i] = NEVER;
    }
    for (size_t open = 0; open < TEDDY_BUCKETS && open < count; open++) {
        shapes[open] = each[seed];
        seed = costliest(&shapes[open], each, least, count, of);
    }
}

static void
write_table(uint8_t table[16], uint16_t fours, size_t bucket)
{
    for (size_t four = 0; four < 16; four++) {
        table[four] |= (uint8_t)((fours >> four & 1u) << bucket);
    }
}

static void
write_tables(struct teddy *teddy, const struct shape *shapes)
{
    memset(teddy, 0, sizeof(*teddy));
    for (size_t bucket = 0; bucket < TEDDY_BUCKETS; bucket++) {
        for (size_t i = 0; i < TEDDY_WIDTH; i++) {
            write_table(teddy->low[i], shapes[bucket].low[i], bucket);
            write_table(teddy->high[i], shapes[bucket].high[i], bucket);
        }
    }
}

void
teddy_make(struct teddy *teddy, const struct window *windows, size_t count,
           uint8_t *buckets)
{
    double of[256];
    struct shape shapes[TEDDY_BUCKETS] = {0};
    struct shape *each = mem_new(count * sizeof(*each));
    double *least = mem_new(count * sizeof(*least));
    for (size_t byte = 0; byte < COUNT(of); byte++) {
        of[byte] = rate_of_byte((unsigned char)byte);
    }
    for (size_t i = 0; i < count; i++) {
        add_window(&each[i], &windows[i]);
        each[i].rate = rate_of(&each[i], of);
    }
    open_buckets(shapes, each, least, count, of);
    for (size_t i = 0; i < count; i++) {
        buckets[i] = (uint8_t)place(shapes, &each[i], of);
    }
    mem_free(least);
    mem_free(each);
    write_tables(teddy, shapes);
}

/* Behind the end any byte may stand, as far as a short window goes. */
static unsigned
buckets_at(const struct teddy *teddy, struct slice text, size_t at)
{
    unsigned found = 0xff;
    for (size_t i = 0; i < TEDDY_WIDTH && at + i < text.len && found; i++) {
        unsigned byte = (unsigned char)text.data[at + i];
        found &= teddy->low[i][byte & 15];
        found &= teddy->high[i][byte >> 4];
    }
    return found;
}

static size_t
next_portable(const struct teddy *teddy, struct slice text, size_t from,
              unsigned *buckets)
{
    for (size_t at = from; at < text.len; at++) {
        *buckets = buckets_at(teddy, text, at);
        if (*buckets) {
            return at;
        }
    }
    return SLICE_NONE;
}

#if HAS_X86

/* The loads of a step end so far behind its first byte. */
enum {
    REACH_SSSE3 = 16 + TEDDY_WIDTH - 1,
    REACH_AVX2 = 32 + TEDDY_WIDTH - 1,
};

__attribute__((target("ssse3"))) static __m128i
load16(const void *from)
{
    return _mm_loadu_si128((const __m128i *)from);
}

__attribute__((target("ssse3"))) static size_t
next_ssse3(const struct teddy *teddy, struct slice text, size_t from,
           unsigned *buckets)
{
    const __m128i four = _mm_set1_epi8(15);
    size_t at = from;
    for (; at + REACH_SSSE3 <= text.len; at += 16) {
        __m128i found = _mm_set1_epi8(-1);
        for (size_t i = 0; i < TEDDY_WIDTH; i++) {
            __m128i bytes = load16(text.data + at + i);
            __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), four);
            __m128i low = _mm_and_si128(bytes, four);
            low = _mm_shuffle_epi8(load16(teddy->low[i]), low);
            high = _mm_shuffle_epi8(load16(teddy->high[i]), high);
            found = _mm_and_si128(found, _mm_and_si128(low, high));
        }
        __m128i none = _mm_cmpeq_epi8(found, _mm_setzero_si128());
        unsigned hits = ~(unsigned)_mm_movemask_epi8(none) & 0xffffu;
        if (hits) {
            at += (size_t)__builtin_ctz(hits);
            *buckets = buckets_at(teddy, text, at);
            return at;
        }
    }
    return next_portable(teddy, text, at, buckets);
}

__attribute__((target("avx2"))) static __m256i
load32(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

__attribute__((target("avx2"))) static __m256i
table32(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)table));
}

__attribute__((target("avx2"))) static size_t
next_avx2(const struct teddy *teddy, struct slice text, size_t from,
          unsigned *buckets)
{
    const __m256i four = _mm256_set1_epi8(15);
    size_t at = from;
    for (; at + REACH_AVX2 <= text.len; at += 32) {
        __m256i found = _mm256_set1_epi8(-1);
        for (size_t i = 0; i < TEDDY_WIDTH; i++) {
            __m256i bytes = load32(text.data + at + i);
            __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), four);
            __m256i low = _mm256_and_si256(bytes, four);
            low = _mm256_shuffle_epi8(table32(teddy->low[i]), low);
            high = _mm256_shuffle_epi8(table32(teddy->high[i]), high);
            found = _mm256_and_si256(found, _mm256_and_si256(low, high));
        }
        __m256i none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
        uint32_t misses = (uint32_t)_mm256_movemask_epi8(none);
        if (misses != UINT32_MAX) {
            at += (size_t)__builtin_ctz(~misses);
            *buckets = buckets_at(teddy, text, at);
            return at;
        }
    }
    return next_ssse3(teddy, text, at, buckets);
}

bool
teddy_can(enum teddy_way way)
{
    return way == TEDDY_PORTABLE
        || (way == TEDDY_SSSE3 && __builtin_cpu_supports("ssse3"))
        || (way == TEDDY_AVX2 && __builtin_cpu_supports("avx2")
            && __builtin_cpu_supports("ssse3"));
}

#else

bool
teddy_can(enum teddy_way way)
{
    return way == TEDDY_PORTABLE;
}

#endif

enum teddy_way
teddy_best(void)
{
    enum teddy_way way = TEDDY_AVX2;
    while (!teddy_can(way)) {
        way--;
    }
    return way;
}

size_t
teddy_next(const struct teddy *teddy, enum teddy_way way, struct slice text,
           size_t from, unsigned *buckets)
{
#if HAS_X86
    if (way == TEDDY_AVX2) {
        return next_avx2(teddy, text, from, buckets);
    }
    if (way == TEDDY_SSSE3) {
        return next_ssse3(teddy, text, from, buckets);
    }
#else
    (void)way;
#endif
    return next_portable(teddy, text, from, buckets);
}
