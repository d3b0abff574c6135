/* SPDX-License-Identifier: Apache-2.0 */
#include "app/foresight.h"

#include "base/mem.h"
#include "source/source.h"

#include <stdatomic.h>

enum {
    BLOCK =
        SOURCE_SLICE, /* as one thread reads, since room is made behind it */
    WORTH = 16,       /* of so many bytes one went as foreseen, at least */
};

/* What is looked for; where neither is to be had, nothing is. */
enum aim {
    AIM_SKIM,
    AIM_HEAR,
    AIM_OBJECTS,
    AIM_ELEMENTS, /* of a list */
    AIM_NOWHERE,
};

/* What a thread looks with; made by it, when it needs it. */
struct eyes {
    struct alike *alike;
    struct ear *ear;
    struct skeleton *skeleton;
};

struct foresight {
    const struct classifier *classifier;
    bool hears;
    struct keyed secret; /* if it does */
    unsigned threads;
    struct eyes eyes[BLOCKS_THREADS];
    struct foreseen *next; /* of what was handed out */
    _Atomic enum aim aim;
    _Atomic int64_t now;        /* of what was fed last */
    struct foreseen foreseen[]; /* one for each slot */
};

struct foresight *
foresight_new(const struct classifier *classifier, const struct keyed *secret,
              unsigned threads)
{
    size_t slots = threads + BLOCKS_SPARE;
    struct foresight *foresight =
        mem_new(sizeof(*foresight) + slots * sizeof(struct foreseen));
    foresight->classifier = classifier;
    foresight->hears = secret != NULL;
    foresight->secret = secret ? *secret : (struct keyed){0};
    foresight->threads = threads;
    return foresight;
}

void
foresight_free(struct foresight *foresight)
{
    if (foresight) {
        for (unsigned i = 0; i < foresight->threads; i++) {
            alike_free(foresight->eyes[i].alike);
            ear_free(foresight->eyes[i].ear);
            skeleton_free(foresight->eyes[i].skeleton);
        }
        mem_free(foresight);
    }
}

static void
forget(struct foreseen *foreseen, struct slice bytes)
{
    foreseen->runs.chunk = bytes;
    foreseen->runs.passed = 0;
    foreseen->runs.count = 0;
    foreseen->runs.end = 0;
    foreseen->hearing.count = 0;
    foreseen->hearing.next = 0;
    foreseen->found.count = 0;
    foreseen->found.at = 0;
    foreseen->found.passed = 0;
    foreseen->found.asked = DOCUMENT_NOWHERE;
    foreseen->known = 0;
}

static void
look_for_lines(const struct foresight *foresight, struct eyes *eyes,
               struct slice bytes, struct foreseen *foreseen)
{
    if (!eyes->alike) {
        eyes->alike = alike_new();
    }
    skim_foresee(foresight->classifier, eyes->alike, bytes, &foreseen->runs);
}

static void
listen_to_lines(const struct foresight *foresight, struct eyes *eyes,
                struct slice bytes, struct foreseen *foreseen)
{
    int64_t now = atomic_load_explicit(&foresight->now, memory_order_relaxed);
    if (!eyes->ear) {
        eyes->ear = ear_new(&foresight->secret);
    }
    ear_listen(eyes->ear, bytes, now, &foreseen->hearing);
}

static void
look_for_objects(const struct foresight *foresight, struct eyes *eyes,
                 enum document_place place, struct slice bytes,
                 struct foreseen *foreseen)
{
    if (!eyes->skeleton) {
        eyes->skeleton = skeleton_new();
    }
    skim_foresee_blocks(foresight->classifier, eyes->skeleton, place, bytes,
                        &foreseen->found);
}

static void
on_look(void *ctx, unsigned thread, size_t slot, struct slice bytes)
{
    struct foresight *foresight = ctx;
    struct foreseen *foreseen = &foresight->foreseen[slot];
    struct eyes *eyes = &foresight->eyes[thread];
    forget(foreseen, bytes);
    switch (atomic_load_explicit(&foresight->aim, memory_order_relaxed)) {
    case AIM_SKIM:
        look_for_lines(foresight, eyes, bytes, foreseen);
        break;
    case AIM_HEAR:
        listen_to_lines(foresight, eyes, bytes, foreseen);
        break;
    case AIM_OBJECTS:
        look_for_objects(foresight, eyes, DOCUMENT_OWN, bytes, foreseen);
        break;
    case AIM_ELEMENTS:
        look_for_objects(foresight, eyes, DOCUMENT_LIST, bytes, foreseen);
        break;
    case AIM_NOWHERE:
        break;
    }
}

static void
on_hand(void *ctx, size_t slot)
{
    struct foresight *foresight = ctx;
    foresight->next = &foresight->foreseen[slot];
}

struct blocks_config
foresight_config(struct foresight *foresight)
{
    return (struct blocks_config){
        .threads = foresight->threads,
        .size = BLOCK,
        .look = on_look,
        .hand = on_hand,
        .ctx = foresight,
    };
}

struct foreseen *
foresight_take(struct foresight *foresight, struct slice bytes, int64_t now)
{
    struct foreseen *foreseen = foresight->next;
    foresight->next = NULL;
    atomic_store_explicit(&foresight->now, now, memory_order_relaxed);
    return foreseen && foreseen->runs.chunk.data == bytes.data
                && foreseen->runs.chunk.len == bytes.len
             ? foreseen
             : NULL;
}

static enum aim
aim_of(const struct foresight *foresight, const struct foreseen *foreseen)
{
    size_t worth = foreseen->runs.chunk.len / WORTH;
    if (foreseen->runs.passed >= worth) {
        return AIM_SKIM;
    }
    if (foreseen->found.passed >= worth) {
        return foreseen->found.asked == DOCUMENT_OWN ? AIM_OBJECTS
                                                     : AIM_ELEMENTS;
    }
    return foreseen->known >= worth && foresight->hears ? AIM_HEAR
                                                        : AIM_NOWHERE;
}

void
foresight_learn(struct foresight *foresight, const struct foreseen *foreseen)
{
    atomic_store_explicit(&foresight->aim, aim_of(foresight, foreseen),
                          memory_order_relaxed);
}
