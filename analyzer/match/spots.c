/* SPDX-License-Identifier: Apache-2.0 */
#include "match/spots.h"

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
    HALF_BITS = 4,
    BEYOND_ASCII = 0x80,
};

void
spots_add(struct spots *spots, enum spots_set set, char byte)
{
    unsigned number = (unsigned char)byte;
    if (number >= BEYOND_ASCII) {
        spots->is_beyond_first |= set == SPOTS_FIRST;
    } else {
        spots->low[set][number % SPOTS_HALF] |=
            (uint8_t)(1u << number / SPOTS_HALF);
    }
}

static inline bool
is_in(const uint8_t *low, char byte)
{
    unsigned number = (unsigned char)byte;
    return number < BEYOND_ASCII
        && (low[number % SPOTS_HALF] >> number / SPOTS_HALF & 1) != 0;
}

/*
 * The marks behind keys: adding what is between to where a key has ended
 * carries to what is behind each such run.
 */
static inline uint64_t
marks_of(const uint64_t in[SPOTS_SETS], unsigned before)
{
    uint64_t between = in[SPOTS_BETWEEN];
    uint64_t start = in[SPOTS_KEY] << 1 | (before & SPOTS_BEHIND_KEY) / 2;
    uint64_t behind = (((start & between) + between) ^ between) | start;
    return behind & in[SPOTS_MARK];
}

/*
 * The spots of a step, from the bits of its bytes that are in each set. What is
 * behind the last byte is not known.
 */
static inline uint64_t
spots_of(const uint64_t in[SPOTS_SETS], bool has_next, unsigned before)
{
    uint64_t begun =
        in[SPOTS_FIRST] & ~(in[SPOTS_WORD] << 1 | (before & SPOTS_IN_WORD));
    uint64_t next = in[SPOTS_NEXT] >> 1 | UINT64_C(1) << 63;
    return in[SPOTS_STOP]
         | ((in[SPOTS_PAIR] | begun) & (has_next ? next : UINT64_MAX));
}

static uint64_t
read_portable(const struct spots *spots, const char *step, unsigned before)
{
    uint64_t in[SPOTS_SETS] = {0};
    size_t sets = spots->has_keys ? SPOTS_SETS : SPOTS_SETS_PLAIN;
    for (size_t i = 0; i < SPOTS_STEP; i++) {
        bool is_beyond = (unsigned char)step[i] >= BEYOND_ASCII;
        for (size_t set = 0; set < sets; set++) {
            in[set] |= (uint64_t)is_in(spots->low[set], step[i]) << i;
        }
        in[SPOTS_FIRST] |= (uint64_t)(is_beyond && spots->is_beyond_first) << i;
    }
    return spots_of(in, spots->has_next, before) | marks_of(in, before);
}

#if HAS_NEON || HAS_X86

/* The bit of each upper half; those beyond ASCII have none. */
static const uint8_t high[SPOTS_HALF] = {1, 2, 4, 8, 16, 32, 64, 128};

#endif

#if HAS_X86

#    define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i
table32(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)table));
}

/* 64 bytes, and the bits of their upper halves: 0 beyond ASCII. */
struct halves {
    __m256i bytes[2];
    __m256i bits[2];
};

AVX2 static inline struct halves
halves_of(const char *step)
{
    const __m256i half = _mm256_set1_epi8(SPOTS_HALF - 1);
    const __m256i *at = (const __m256i *)(const void *)step;
    const __m256i table = table32(high);
    struct halves halves;
#    pragma GCC unroll 2
    for (size_t i = 0; i < 2; i++) {
        __m256i bytes = _mm256_loadu_si256(at + i);
        __m256i upper =
            _mm256_and_si256(_mm256_srli_epi16(bytes, HALF_BITS), half);
        halves.bytes[i] = bytes;
        halves.bits[i] = _mm256_shuffle_epi8(table, upper);
    }
    return halves;
}

/* A bit for each byte that is in the set. */
AVX2 static inline uint64_t
in64(const struct halves *halves, const uint8_t *low)
{
    const __m256i table = table32(low);
    uint32_t none[2];
#    pragma GCC unroll 2
    for (size_t i = 0; i < 2; i++) {
        __m256i found = _mm256_shuffle_epi8(table, halves->bytes[i]);
        found = _mm256_and_si256(found, halves->bits[i]);
        found = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
        none[i] = (uint32_t)_mm256_movemask_epi8(found);
    }
    return ~(none[0] | (uint64_t)none[1] << 32);
}

AVX2 static inline uint64_t
beyond64(const struct halves *halves)
{
    return (uint32_t)_mm256_movemask_epi8(halves->bytes[0])
         | (uint64_t)(uint32_t)_mm256_movemask_epi8(halves->bytes[1]) << 32;
}

AVX2 static uint64_t
read_avx2(const struct spots *spots, const char *step, unsigned before)
{
    struct halves halves = halves_of(step);
    uint64_t in[SPOTS_SETS];
#    pragma GCC unroll 5
    for (size_t set = 0; set < SPOTS_SETS_PLAIN; set++) {
        in[set] = in64(&halves, spots->low[set]);
    }
    if (spots->is_beyond_first) {
        in[SPOTS_FIRST] |= beyond64(&halves);
    }
    uint64_t found = spots_of(in, spots->has_next, before);
    if (!spots->has_keys) {
        return found;
    }
#    pragma GCC unroll 3
    for (size_t set = SPOTS_SETS_PLAIN; set < SPOTS_SETS; set++) {
        in[set] = in64(&halves, spots->low[set]);
    }
    return found | marks_of(in, before);
}

#endif

#if HAS_NEON

/* A bit for each byte that is not zero. */
static inline uint64_t
bits_of(const uint8x16_t is[4])
{
    const uint8x16_t weight = {1, 2, 4, 8, 16, 32, 64, 128,
                               1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t first =
        vpaddq_u8(vandq_u8(is[0], weight), vandq_u8(is[1], weight));
    uint8x16_t second =
        vpaddq_u8(vandq_u8(is[2], weight), vandq_u8(is[3], weight));
    uint8x16_t sum = vpaddq_u8(first, second);
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static uint64_t
read_neon(const struct spots *spots, const char *step, unsigned before)
{
    uint64_t in[SPOTS_SETS] = {0};
    size_t sets = spots->has_keys ? SPOTS_SETS : SPOTS_SETS_PLAIN;
    uint8x16_t lows[4];
    uint8x16_t bits[4];
    uint8x16_t beyond[4];
    for (size_t i = 0; i < 4; i++) {
        uint8x16_t bytes =
            vld1q_u8((const uint8_t *)(const void *)step + 16 * i);
        lows[i] = vandq_u8(bytes, vdupq_n_u8(SPOTS_HALF - 1));
        bits[i] = vqtbl1q_u8(vld1q_u8(high), vshrq_n_u8(bytes, HALF_BITS));
        beyond[i] = vcgeq_u8(bytes, vdupq_n_u8(BEYOND_ASCII));
    }
    for (size_t set = 0; set < sets; set++) {
        uint8x16_t table = vld1q_u8(spots->low[set]);
        uint8x16_t is[4];
        for (size_t i = 0; i < 4; i++) {
            is[i] = vtstq_u8(vqtbl1q_u8(table, lows[i]), bits[i]);
        }
        in[set] = bits_of(is);
    }
    if (spots->is_beyond_first) {
        in[SPOTS_FIRST] |= bits_of(beyond);
    }
    return spots_of(in, spots->has_next, before) | marks_of(in, before);
}

#endif

spots_way *
spots_best(void)
{
#if HAS_X86
    return __builtin_cpu_supports("avx2") ? read_avx2 : read_portable;
#elif HAS_NEON
    return read_neon;
#else
    return read_portable;
#endif
}

spots_way *
spots_plain(void)
{
    return read_portable;
}

/* With zeros behind the end, which are no spots. */
static uint64_t
read_rest(const struct spots_reader *reader, size_t from, unsigned before)
{
    char pad[SPOTS_STEP] = {0};
    memcpy(pad, reader->text.data + from, reader->text.len - from);
    return reader->way(reader->spots, pad, before);
}

/* What is between may be behind a key or not: that is not looked back for. */
static unsigned
before_of(const struct spots *spots, char byte)
{
    bool is_key = spots->has_keys
               && (is_in(spots->low[SPOTS_KEY], byte)
                   || is_in(spots->low[SPOTS_BETWEEN], byte));
    return (is_in(spots->low[SPOTS_WORD], byte) ? SPOTS_IN_WORD : 0u)
         | (is_key ? SPOTS_BEHIND_KEY : 0u);
}

size_t
spots_seek(struct spots_reader *reader, size_t from)
{
    const char *data = reader->text.data;
    for (; from < reader->text.len; from += SPOTS_STEP) {
        unsigned before =
            from > 0 ? before_of(reader->spots, data[from - 1]) : 0;
        reader->hits = reader->text.len - from < SPOTS_STEP
                         ? read_rest(reader, from, before)
                         : reader->way(reader->spots, data + from, before);
        if (reader->hits != 0) {
            reader->start = from;
            return from + (size_t)__builtin_ctzll(reader->hits);
        }
    }
    reader->start = from - SPOTS_STEP;
    return reader->text.len;
}
