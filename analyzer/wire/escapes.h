/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_ESCAPES_H
#define PULLWHY_WIRE_ESCAPES_H

/*
 * Which bytes of a text end a string or stand behind a backslash, 64 at a time:
 * a text may be made of escapes.
 */

#include <stdint.h>

#if defined(__SSE2__) && defined(__GNUC__)
#    include <emmintrin.h>
#    define ESCAPES_SSE2 1
#else
#    define ESCAPES_SSE2 0
#endif

enum {
    ESCAPES_STEP = 64 /* bytes; a bit for each */
};

/* A bit for each byte of a step that is `byte`. */
static inline uint64_t
escapes_where(const char *step, char byte)
{
    uint64_t bits = 0;
#if ESCAPES_SSE2
    const __m128i wanted = _mm_set1_epi8(byte);
    const __m128i *at = (const __m128i *)(const void *)step;
    for (int i = 0; i < 4; i++) {
        __m128i is = _mm_cmpeq_epi8(_mm_loadu_si128(at + i), wanted);
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(is) << 16 * i;
    }
#else
    for (int i = 0; i < ESCAPES_STEP; i++) {
        bits |= (uint64_t)(step[i] == byte) << i;
    }
#endif
    return bits;
}

/*
 * Those of a step's bytes that a backslash before them escapes. *goes_on: the
 * first one is escaped; then, the first of the next step.
 */
static inline uint64_t
escapes_of(uint64_t slashes, uint64_t *goes_on)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    /* One that is escaped itself escapes nothing. */
    uint64_t opening = slashes & ~*goes_on;
    uint64_t behind = opening << 1 | *goes_on;
    /* Runs that begin at an odd place; adding them carries to behind each. */
    uint64_t odd = opening & ~even & ~behind;
    uint64_t ends = odd + opening;
    *goes_on = ends < opening;
    return (even ^ ends << 1) & behind;
}

#endif
