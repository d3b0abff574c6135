/* SPDX-License-Identifier: Apache-2.0 */
#include "match/teddy.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#    include <immintrin.h>
#    define HAS_X86 1
#else
#    define HAS_X86 0
#endif

#if defined(__aarch64__) && defined(__ARM_NEON)
#    include <arm_neon.h>
#    define HAS_NEON 1
#else
#    define HAS_NEON 0
#endif

enum {
    /* So many bytes are read from a step's first byte on. */
    REACH = TEDDY_STEP + TEDDY_WIDTH - 1,
};

/* Of a step a bit for each byte. */
struct bits {
    uint64_t hits;
    uint64_t newlines;
};

/* Steps of a block; the text is that of the first, and has REACH for each. */
struct steps {
    const char *text;
    size_t first;
    size_t count;
};

typedef void read_way(const struct teddy *teddy, const struct steps *steps,
                      struct teddy_marks *marks);

/* How many marks there are; in registers while a block is read. */
struct counts {
    size_t ends;
    size_t busy;
};

/*
 * Nearly every step has no newline or one, and what is written in vain is
 * cheaper than a branch that is hard to foresee.
 */
static inline void
note(struct teddy_marks *marks, struct counts *counts, size_t step,
     struct bits bits)
{
    uint64_t newlines = bits.newlines;
    do {
        uint64_t some = newlines | UINT64_C(1) << 63;
        size_t at = step * TEDDY_STEP + (size_t)__builtin_ctzll(some);
        marks->ends[counts->ends] = (uint16_t)at;
        counts->ends += newlines != 0;
        newlines &= newlines - 1;
    } while (newlines);
    marks->hits[step] = bits.hits;
    marks->busy[counts->busy] = (uint8_t)step;
    counts->busy += bits.hits != 0;
}

static struct counts
counts_of(const struct teddy_marks *marks)
{
    return (struct counts){marks->end_count, marks->busy_count};
}

static void
put_counts(struct teddy_marks *marks, struct counts counts)
{
    marks->end_count = counts.ends;
    marks->busy_count = counts.busy;
}

static bool
is_hit(const struct teddy *teddy, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned found = 0xff;
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        found &= teddy->low[i][at[i] & 15];
        found &= teddy->high[i][at[i] >> 3 & 15];
    }
    return found != 0 || at[0] >= 0x80;
}

static void
read_portable(const struct teddy *teddy, const struct steps *steps,
              struct teddy_marks *marks)
{
    const char *text = steps->text;
    struct counts counts = counts_of(marks);
    for (size_t i = 0; i < steps->count; i++) {
        struct bits bits = {0};
        for (size_t at = 0; at < TEDDY_STEP; at++) {
            bool is_newline = text[at] == '\n';
            bits.hits |= (uint64_t)is_hit(teddy, text + at) << at;
            bits.newlines |= (uint64_t)is_newline << at;
        }
        note(marks, &counts, steps->first + i, bits);
        text += TEDDY_STEP;
    }
    put_counts(marks, counts);
}

#if HAS_X86

#    define SSSE3  __attribute__((target("ssse3")))
#    define AVX2   __attribute__((target("avx2")))
#    define AVX512 __attribute__((target("avx512bw,avx512vbmi")))

SSSE3 static inline __m128i
load16(const void *from)
{
    return _mm_loadu_si128((const __m128i *)from);
}

/* For each of 16 places whether no window stands there. */
SSSE3 static inline unsigned
misses16(const struct teddy *teddy, const char *at)
{
    const __m128i four = _mm_set1_epi8(15);
    __m128i found = _mm_set1_epi8(-1);
#    pragma GCC unroll 4
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        __m128i bytes = load16(at + i);
        __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 3), four);
        __m128i low = _mm_and_si128(bytes, four);
        low = _mm_shuffle_epi8(load16(teddy->low[i]), low);
        high = _mm_shuffle_epi8(load16(teddy->high[i]), high);
        found = _mm_and_si128(found, _mm_and_si128(low, high));
    }
    __m128i none = _mm_cmpeq_epi8(found, _mm_setzero_si128());
    return (unsigned)_mm_movemask_epi8(none);
}

SSSE3 static void
read_ssse3(const struct teddy *teddy, const struct steps *steps,
           struct teddy_marks *marks)
{
    const char *text = steps->text;
    struct counts counts = counts_of(marks);
    const __m128i newline = _mm_set1_epi8('\n');
    for (size_t i = 0; i < steps->count; i++) {
        struct bits bits = {0};
        for (size_t at = 0; at < TEDDY_STEP; at += 16) {
            __m128i bytes = load16(text + at);
            __m128i is_end = _mm_cmpeq_epi8(bytes, newline);
            unsigned ends = (unsigned)_mm_movemask_epi8(is_end);
            unsigned hits = misses16(teddy, text + at) ^ 0xffffu;
            hits |= (unsigned)_mm_movemask_epi8(bytes);
            bits.hits |= (uint64_t)hits << at;
            bits.newlines |= (uint64_t)ends << at;
        }
        note(marks, &counts, steps->first + i, bits);
        text += TEDDY_STEP;
    }
    put_counts(marks, counts);
}

/* The tables stay in registers. */
struct tables {
    __m256i low[TEDDY_WIDTH];
    __m256i high[TEDDY_WIDTH];
};

AVX2 static inline __m256i
load32(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

AVX2 static inline __m256i
table32(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)table));
}

AVX2 static inline struct tables
tables_of(const struct teddy *teddy)
{
    struct tables tables;
#    pragma GCC unroll 4
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        tables.low[i] = table32(teddy->low[i]);
        tables.high[i] = table32(teddy->high[i]);
    }
    return tables;
}

/* Shifts as a product, which leaves the ports of the shuffles to them. */
AVX2 static inline __m256i
high32(__m256i bytes)
{
    const __m256i by3 = _mm256_set1_epi16(1 << 13);
    return _mm256_and_si256(_mm256_mulhi_epu16(bytes, by3),
                            _mm256_set1_epi8(15));
}

/*
 * For each of 32 places whether no window stands there. The shuffle takes the
 * lower four bits of an ASCII byte by itself, and gives 0 for any other.
 */
AVX2 static inline uint32_t
misses32(const struct tables *tables, const char *at, bool is_ascii)
{
    const __m256i four = _mm256_set1_epi8(15);
    __m256i found = _mm256_set1_epi8(-1);
#    pragma GCC unroll 4
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        __m256i low = load32(at + i);
        __asm__("" : "+x"(low)); /* loaded once, not for each use */
        __m256i high = high32(low);
        low = is_ascii ? low : _mm256_and_si256(low, four);
        low = _mm256_shuffle_epi8(tables->low[i], low);
        high = _mm256_shuffle_epi8(tables->high[i], high);
        found = _mm256_and_si256(found, _mm256_and_si256(low, high));
    }
    __m256i none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
    return (uint32_t)_mm256_movemask_epi8(none);
}

AVX2 static inline uint64_t
far32(const char *at)
{
    return (uint32_t)_mm256_movemask_epi8(load32(at));
}

AVX2 static inline uint64_t
newlines32(const char *at)
{
    __m256i is_end = _mm256_cmpeq_epi8(load32(at), _mm256_set1_epi8('\n'));
    return (uint32_t)_mm256_movemask_epi8(is_end);
}

/* Whether a step, with what it looks at behind it, is ASCII. */
AVX2 static inline bool
is_ascii(const char *step)
{
    __m256i last = load32(step + REACH - 32);
    __m256i any = _mm256_or_si256(load32(step), load32(step + 32));
    return _mm256_movemask_epi8(_mm256_or_si256(any, last)) == 0;
}

/* One half behind the other: there are no registers for both at once. */
AVX2 static inline uint64_t
misses64(const struct tables *tables, const char *step, bool is_ascii)
{
    uint64_t low = misses32(tables, step, is_ascii);
    __asm__ volatile("" ::: "memory");
    return low | (uint64_t)misses32(tables, step + 32, is_ascii) << 32;
}

AVX2 static inline uint64_t
newlines64(const char *step)
{
    return newlines32(step) | newlines32(step + 32) << 32;
}

/*
 * From a step on as long as steps are ASCII, or are not; returns the next one.
 * What is called in between would take the tables' registers.
 */
AVX2 __attribute__((always_inline)) static inline size_t
read_run(const struct teddy *teddy, const struct steps *steps, size_t from,
         bool of_ascii, struct teddy_marks *marks)
{
    const char *text = steps->text + from * TEDDY_STEP;
    const size_t first = steps->first;
    const size_t count = steps->count;
    const struct tables tables = tables_of(teddy);
    struct counts counts = counts_of(marks);
    size_t i = from;
    for (; i < count && is_ascii(text) == of_ascii; i++) {
        uint64_t hits = ~misses64(&tables, text, of_ascii);
        hits |= of_ascii ? 0 : far32(text) | far32(text + 32) << 32;
        note(marks, &counts, first + i, (struct bits){hits, newlines64(text)});
        text += TEDDY_STEP;
    }
    put_counts(marks, counts);
    return i;
}

AVX2 static void
read_avx2(const struct teddy *teddy, const struct steps *steps,
          struct teddy_marks *marks)
{
    size_t i = 0;
    while (i < steps->count) {
        i = read_run(teddy, steps, i, true, marks);
        i = read_run(teddy, steps, i, false, marks);
    }
}

AVX512 static inline __m512i
load64(const void *from)
{
    return _mm512_loadu_si512(from);
}

/* A look-up takes the lower seven bits of each byte. */
AVX512 static void
read_avx512(const struct teddy *teddy, const struct steps *steps,
            struct teddy_marks *marks)
{
    const char *text = steps->text;
    struct counts counts = counts_of(marks);
    const __m512i newline = _mm512_set1_epi8('\n');
    __m512i low[TEDDY_WIDTH];
    __m512i high[TEDDY_WIDTH];
#    pragma GCC unroll 4
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        low[i] = load64(teddy->whole[i]);
        high[i] = load64(teddy->whole[i] + 64);
    }
    for (size_t i = 0; i < steps->count; i++) {
        __m512i bytes = load64(text);
        __m512i found = _mm512_set1_epi8(-1);
#    pragma GCC unroll 4
        for (size_t at = 0; at < TEDDY_WIDTH; at++) {
            __m512i here = load64(text + at);
            here = _mm512_permutex2var_epi8(low[at], here, high[at]);
            found = _mm512_and_si512(found, here);
        }
        struct bits bits = {
            .hits = _mm512_test_epi8_mask(found, found)
                  | _mm512_movepi8_mask(bytes),
            .newlines = _mm512_cmpeq_epi8_mask(bytes, newline),
        };
        note(marks, &counts, steps->first + i, bits);
        text += TEDDY_STEP;
    }
    put_counts(marks, counts);
}

#endif

#if HAS_NEON

static inline uint8x16_t
found16(const struct teddy *teddy, const char *at)
{
    uint8x16_t found = vdupq_n_u8(0xff);
    for (size_t i = 0; i < TEDDY_WIDTH; i++) {
        uint8x16_t bytes = vld1q_u8((const uint8_t *)at + i);
        uint8x16_t low = vandq_u8(bytes, vdupq_n_u8(15));
        uint8x16_t high = vandq_u8(vshrq_n_u8(bytes, 3), vdupq_n_u8(15));
        low = vqtbl1q_u8(vld1q_u8(teddy->low[i]), low);
        high = vqtbl1q_u8(vld1q_u8(teddy->high[i]), high);
        found = vandq_u8(found, vandq_u8(low, high));
    }
    return vtstq_u8(found, found);
}

/* A bit for each byte that is not zero, which is 0xff then. */
static inline uint64_t
bits_of(const uint8x16_t is[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                        1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t low =
        vpaddq_u8(vandq_u8(is[0], weight), vandq_u8(is[1], weight));
    uint8x16_t high =
        vpaddq_u8(vandq_u8(is[2], weight), vandq_u8(is[3], weight));
    uint8x16_t sum = vpaddq_u8(low, high);
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static void
read_neon(const struct teddy *teddy, const struct steps *steps,
          struct teddy_marks *marks)
{
    const char *text = steps->text;
    struct counts counts = counts_of(marks);
    for (size_t i = 0; i < steps->count; i++) {
        uint8x16_t is_found[4];
        uint8x16_t is_end[4];
        for (size_t j = 0; j < 4; j++) {
            const char *at = text + 16 * j;
            uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
            uint8x16_t is_far = vcgeq_u8(bytes, vdupq_n_u8(0x80));
            is_found[j] = vorrq_u8(is_far, found16(teddy, at));
            is_end[j] = vceqq_u8(bytes, vdupq_n_u8('\n'));
        }
        note(marks, &counts, steps->first + i,
             (struct bits){bits_of(is_found), bits_of(is_end)});
        text += TEDDY_STEP;
    }
    put_counts(marks, counts);
}

#endif

/* The ways that this program was built with. */
static read_way *const ways[TEDDY_WAYS] = {
    [TEDDY_PORTABLE] = read_portable,
#if HAS_NEON
    [TEDDY_NEON] = read_neon,
#endif
#if HAS_X86
    [TEDDY_SSSE3] = read_ssse3,       [TEDDY_AVX2] = read_avx2,
    [TEDDY_AVX512] = read_avx512,
#endif
};

bool
teddy_can(enum teddy_way way)
{
#if HAS_X86
    if (way == TEDDY_SSSE3) {
        return __builtin_cpu_supports("ssse3");
    }
    if (way == TEDDY_AVX2) {
        return __builtin_cpu_supports("avx2");
    }
    if (way == TEDDY_AVX512) {
        return __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vbmi");
    }
#endif
    return ways[way] != NULL;
}

enum teddy_way
teddy_best(void)
{
    enum teddy_way way = TEDDY_WAYS - 1;
    while (!teddy_can(way)) {
        way--;
    }
    return way;
}

/* Where the text ends, which no step can read: with zeros behind it. */
static void
read_rest(const struct teddy *teddy, enum teddy_way way, struct slice rest,
          size_t first, struct teddy_marks *marks)
{
    char pad[TEDDY_STEP + REACH] = {0};
    struct steps steps = {pad, first, rest.len > TEDDY_STEP ? 2 : 1};
    if (rest.len == 0 || first == TEDDY_STEPS) {
        return;
    }
    if (steps.count > TEDDY_STEPS - first) {
        steps.count = TEDDY_STEPS - first;
    }
    memcpy(pad, rest.data, rest.len);
    ways[way](teddy, &steps, marks);
}

void
teddy_read(const struct teddy *teddy, enum teddy_way way, struct slice text,
           struct teddy_marks *marks)
{
    struct slice block = slice_before(text, TEDDY_BLOCK + TEDDY_WIDTH - 1);
    struct steps steps = {.text = block.data};
    marks->end_count = 0;
    marks->busy_count = 0;
    if (block.len >= REACH) {
        steps.count = (block.len - REACH) / TEDDY_STEP + 1;
        ways[way](teddy, &steps, marks);
    }
    read_rest(teddy, way, slice_after(block, steps.count * TEDDY_STEP),
              steps.count, marks);
}
