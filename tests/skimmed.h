/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_SKIMMED_H
#define PULLWHY_TESTS_SKIMMED_H

/* Reads a text with and without the lines that cannot matter. */

#include "base/buf.h"
#include "match/classify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum manner {
    MANNER_ALL,  /* every line is decoded */
    MANNER_SKIM, /* as an analysis reads */
    MANNER_KNOW, /* likewise, where threads have looked ahead */
};

struct skimming {
    struct buf text;  /* all that was found and counted, as text */
    uint64_t resume;  /* where a new reader would begin */
    uint64_t kept;    /* bytes not told yet, when all was fed */
    uint64_t records; /* how many were decoded */
    uint64_t found;   /* objects that were found ahead */
};

/* In pieces of so many bytes, with a tick behind every third one. */
void skimmed_read(struct classifier *classifier, struct slice text,
                  size_t piece, enum manner manner, struct skimming *telling);

/* A whole file as threads read it, in blocks of so many bytes. */
void skimmed_read_file(struct classifier *classifier, int fd, size_t block,
                       unsigned threads, struct skimming *telling);
void skimmed_free(struct skimming *telling);

#endif
