/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_SKIM_DOCUMENT_H
#define PULLWHY_APP_SKIM_DOCUMENT_H

/*
 * Finds the JSON objects of a chunk that need not be decoded: elements of a
 * list, or documents of their own, on whole lines or within one. One is passed
 * over only if it is surely one of Kubernetes, or a line in the record of a
 * logger, and says nothing that may matter; of another, all lines but its last
 * need not be read one by one.
 */

#include "app/skim.h"
#include "base/slice.h"
#include "match/classify.h"
#include "wire/skeleton.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SKIM_BLOCKS = 32,
    SKIM_FOUND = 512,
};

/* An object and all else that is on its lines. */
struct skim_block {
    struct skeleton_object object;
    const char *start;
    size_t open; /* its "{" */
    size_t len;  /* to behind its newline */
    size_t said; /* where what it says ends, of what those before say, too */
    bool has_comma;
    bool matters;
};

/* What is known of a chunk beforehand. */
struct skim_found {
    enum document_place place; /* of all of them */
    enum document_place asked; /* whoever skims notes here what was asked, */
    size_t passed;             /* and how many bytes went as a block */
    size_t count;
    size_t at;
    struct skim_block block[SKIM_FOUND];
};

/* Init with skim_begin_blocks(), again for each chunk. */
struct skim_blocks {
    const struct classifier *classifier;
    struct skeleton *skeleton;
    struct skim_found *found; /* of the chunk; NULL: nothing is known yet */
    enum document_place place;
    bool is_inline; /* a block ends behind its comma, not with the line */
    size_t count;   /* blocks that were read */
    size_t at;      /* and passed by */
    struct skim_block block[SKIM_BLOCKS];
};

struct skim_objects {
    struct leap passed;
    bool has_comma;    /* behind the last one */
    struct leap held;  /* then of one that is to be decoded, up to its "}" */
    struct slice text; /* all of it in these lines */
    int expect;        /* see skeleton.h */
};

void skim_begin_blocks(struct skim_blocks *blocks,
                       const struct classifier *classifier,
                       struct skeleton *skeleton);

/* Then: these were found in the same chunk before. */
void skim_know_blocks(struct skim_blocks *blocks, struct skim_found *found);

/*
 * Finds the objects of a chunk that begins anywhere, which are in such a place,
 * as far as it looks like that: whether they are, who asks for one knows. Many
 * threads may share the classifier, each with a skeleton of its own.
 */
void skim_foresee_blocks(const struct classifier *classifier,
                         struct skeleton *skeleton, enum document_place place,
                         struct slice chunk, struct skim_found *found);

/*
 * Likewise within a line, which is (part of) a list or array: how many bytes of
 * elements can be left out, with their commas, and whether one is behind the
 * last. For blocks that are used for nothing else, and never know any.
 */
size_t skim_elements(struct skim_blocks *blocks, enum document_place place,
                     struct slice text, bool *has_comma);

/*
 * From the start of `rest`, which is what is left of the chunk; false: nothing
 * can be left out.
 */
bool skim_document(struct skim_blocks *blocks, enum document_place place,
                   struct slice rest, struct skim_objects *objects);

#endif
