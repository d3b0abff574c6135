/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_CLASSIFY_H
#define PULLWHY_MATCH_CLASSIFY_H

/*
 * What a record means: a failed pull and its cause, a success, an attempt that
 * may yet succeed, or nothing that matters here.
 */

#include "base/keyed.h"
#include "base/slice.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "match/needle.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_kind {
    FINDING_NOTHING,
    FINDING_FAILURE,
    FINDING_ATTEMPT, /* has a cause, but the pull may still succeed */
    FINDING_SUCCESS,
    FINDING_NOTE, /* facts of a registry, or where a pod runs; no failure */
};

enum {
    FINDING_ALSO = 4,
};

/* Views the record, the catalogue and the classifier until its next call. */
struct finding {
    enum finding_kind kind;
    bool was_there; /* a success: the image was on the node, nothing pulled */
    const struct cause *cause; /* NULL for NOTHING, mostly for SUCCESS */
    const struct look *look;   /* what caught it */
    const struct cause *also[FINDING_ALSO]; /* an aggregate's other causes */
    size_t also_count;
    struct facts facts;
};

struct classifier;

/* `catalog` must outlive it. */
struct classifier *classifier_new(const struct catalog *catalog);
void classifier_free(struct classifier *classifier); /* NULL is fine */

/*
 * From now on it keeps what it found of late and does not read what says the
 * same once more; see memo.h. The findings are the same.
 */
void classifier_remember(struct classifier *classifier,
                         const struct keyed *secret);

/* From now on it reads each record. */
void classifier_forget(struct classifier *classifier);

/* From now on it reads by another catalogue; whoever shares it does so too. */
void classifier_reload(struct classifier *classifier,
                       const struct catalog *catalog);

/* What a look has cost since the catalogue was loaded. */
struct classifier_cost {
    const struct look *look;
    uint64_t tries; /* of its pattern: its needs stood in a text */
    uint64_t hits;
    uint64_t breaks; /* of a limit on steps, depth or memory */
    uint64_t timed;  /* of the tries, those whose time was taken */
    uint64_t nanoseconds;
};

/* From now on the time of each try is taken, of a clock in nanoseconds. */
void classifier_time(struct classifier *classifier, uint64_t (*clock)(void));

/* False behind the last look. */
bool classifier_cost(const struct classifier *classifier, size_t index,
                     struct classifier_cost *cost);

/*
 * Whether a raw line can matter at all; a cheap look before it is decoded. It
 * never says no to a line that classifier_read() would find something in.
 */
bool classifier_may_matter(const struct classifier *classifier,
                           struct slice line);

/* Likewise over many texts: where in them, from `from` on; or SLICE_NONE. */
size_t classifier_next(const struct classifier *classifier, struct slice text,
                       size_t from);

/* Likewise over many lines, a block at a time; see needle.h. */
void classifier_block(const struct classifier *classifier, struct slice text,
                      size_t start, struct needle_block *block);
size_t classifier_stands(const struct classifier *classifier,
                         struct needle_block *block, size_t from);

void classifier_read(struct classifier *classifier, const struct record *record,
                     struct finding *finding);

/* Likewise; what is found is not remembered, as the caller does. */
void classifier_read_once(struct classifier *classifier,
                          const struct record *record, struct finding *finding);

/* The masked text of the record, as patterns see it; valid as a finding is. */
struct slice classifier_masked(struct classifier *classifier,
                               const struct record *record);

#endif
