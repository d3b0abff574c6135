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

static void
read_portable(const struct spots *spots, const char *step,
              uint64_t in[SPOTS_MASKS])
{
    for (size_t set = 0; set < SPOTS_SETS; set++) {
        in[set] = 0;
        for (size_t i = 0; i < SPOTS_STEP; i++) {
            unsigned byte = (unsigned char)step[i];
            unsigned low = spots->low[set][byte % SPOTS_HALF];
            uint64_t is_in =
                byte < BEYOND_ASCII ? low >> byte / SPOTS_HALF & 1 : 0;
            in[set] |= is_in << i;
        }
    }
    in[SPOTS_BEYOND] = 0;
    for (size_t i = 0; i < SPOTS_STEP; i++) {
        unsigned byte = (unsigned char)step[i];
        in[SPOTS_BEYOND] |= (uint64_t)(byte / BEYOND_ASCII) << i;
    }
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

/* Which of 32 bytes are in the set, by their halves. */
AVX2 static inline uint64_t
in32(__m256i table, __m256i bytes, __m256i bits)
{
    __m256i found = _mm256_and_si256(_mm256_shuffle_epi8(table, bytes), bits);
    __m256i none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
    return (uint32_t)~_mm256_movemask_epi8(none);
}

/* The bits of their upper halves; the shuffle gives 0 beyond ASCII. */
AVX2 static inline __m256i
bits32(__m256i bytes)
{
    const __m256i half = _mm256_set1_epi8(SPOTS_HALF - 1);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, HALF_BITS), half);
    return _mm256_shuffle_epi8(table32(high), upper);
}

AVX2 static inline uint64_t
beyond32(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

AVX2 static void
read_avx2(const struct spots *spots, const char *step, uint64_t in[SPOTS_MASKS])
{
    const __m256i *at = (const __m256i *)(const void *)step;
    __m256i front = _mm256_loadu_si256(at);
    __m256i back = _mm256_loadu_si256(at + 1);
    __m256i front_bits = bits32(front);
    __m256i back_bits = bits32(back);
#    pragma GCC unroll 3
    for (size_t set = 0; set < SPOTS_SETS; set++) {
        __m256i table = table32(spots->low[set]);
        in[set] =
            in32(table, front, front_bits) | in32(table, back, back_bits) << 32;
    }
    in[SPOTS_BEYOND] = beyond32(front) | beyond32(back) << 32;
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

static void
read_neon(const struct spots *spots, const char *step, uint64_t in[SPOTS_MASKS])
{
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
    for (size_t set = 0; set < SPOTS_SETS; set++) {
        uint8x16_t table = vld1q_u8(spots->low[set]);
        uint8x16_t is[4];
        for (size_t i = 0; i < 4; i++) {
            is[i] = vtstq_u8(vqtbl1q_u8(table, lows[i]), bits[i]);
        }
        in[set] = bits_of(is);
    }
    in[SPOTS_BEYOND] = bits_of(beyond);
}

#endif

static spots_way *
best_way(void)
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
spots_way_of(size_t index)
{
    spots_way *best = best_way();
    switch (index) {
    case 0:
        return read_portable;
    case 1:
        return best != read_portable ? best : NULL;
    default:
        return NULL;
    }
}

/* Whether a word goes on at `from`, so that none begins there. */
static bool
goes_on(const struct spots_reader *reader, size_t from)
{
    unsigned byte = from > 0 ? (unsigned char)reader->text.data[from - 1] : 0;
    unsigned low = reader->spots->low[SPOTS_WORD][byte % SPOTS_HALF];
    return byte < BEYOND_ASCII && (low >> byte / SPOTS_HALF & 1) != 0;
}

/* With zeros behind the end, which are no spots. */
static void
read_step(struct spots_reader *reader, size_t from)
{
    char pad[SPOTS_STEP];
    uint64_t in[SPOTS_MASKS];
    struct slice rest = slice_after(reader->text, from);
    const char *step = rest.data;
    if (rest.len < SPOTS_STEP) {
        memset(pad, 0, sizeof(pad));
        memcpy(pad, rest.data, rest.len);
        step = pad;
    }
    best_way()(reader->spots, step, in);
    uint64_t behind = in[SPOTS_WORD] << 1 | goes_on(reader, from);
    if (reader->spots->is_beyond_first) {
        in[SPOTS_FIRST] |= in[SPOTS_BEYOND];
    }
    reader->start = from;
    reader->hits = in[SPOTS_STOP] | (in[SPOTS_FIRST] & ~behind);
}

size_t
spots_seek(struct spots_reader *reader, size_t from)
{
    for (; from < reader->text.len; from += SPOTS_STEP) {
        read_step(reader, from);
        if (reader->hits != 0) {
            return from + (size_t)__builtin_ctzll(reader->hits);
        }
    }
    return reader->text.len;
}
