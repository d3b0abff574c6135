/* SPDX-License-Identifier: Apache-2.0 */
#include "app/near.h"

enum {
    LONGEST = 32, /* of words that are compared, bytes */
    EDITS = 2,    /* at most, and never more than half of the word */
};

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's edit distance of two words of at most LONGEST bytes. */
static size_t
distance(struct slice a, struct slice b)
{
    size_t row[LONGEST + 1] = {0};
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t edits = least(corner + (a.data[i] != b.data[j]),
                                 least(row[j], row[j + 1]) + 1);
            corner = row[j + 1];
            row[j + 1] = edits;
        }
    }
    return row[b.len];
}

void
near_try(struct near *near, const char *name)
{
    struct slice text = slice_from(name);
    if (near->word.len > LONGEST || text.len > LONGEST) {
        return;
    }
    size_t edits = distance(near->word, text);
    if (edits <= EDITS && edits <= near->word.len / 2
        && (!near->best || edits < near->edits)) {
        near->best = name;
        near->edits = edits;
    }
}
