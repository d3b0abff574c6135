/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_USUAL_H
#define PULLWHY_MATCH_USUAL_H

/*
 * What the lines of a node's log that do not matter are like, in few words: by
 * it the prefilter guesses which bytes of its literals are rare. It decides how
 * fast the search is, never what it finds.
 */

#include "base/slice.h"

#include <stdint.h>

enum {
    USUAL_MAX = 2304, /* bytes of a few such lines; a multiple of 128 */
    USUAL_WORDS = USUAL_MAX / 64,
    USUAL_WIDTH = 4,
};

/* A bit for each place in those lines. */
struct usual_places {
    uint64_t of[USUAL_WORDS];
};

/* So many bytes behind which places a byte has these bits. */
struct usual {
    struct usual_places low[USUAL_WIDTH][16];  /* bits 0 to 3 */
    struct usual_places high[USUAL_WIDTH][16]; /* bits 3 to 6 */
    struct usual_places all;
    double rates[256]; /* of all bytes, how many are that one, about */
};

void usual_read(struct usual *usual);

/* The lines themselves. */
struct slice usual_text(void);

#endif
