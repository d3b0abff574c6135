/* SPDX-License-Identifier: Apache-2.0 */
#include "app/foresight.h"

#include "base/mem.h"
#include "source/source.h"

#include <stdatomic.h>

enum {
    BLOCK =
        SOURCE_SLICE, /* as one thread reads, since room is made behind it */
    WORTH = 16,       /* of so many bytes one was passed over, at least */
};

struct foresight {
    const struct classifier *classifier;
    unsigned threads;
    size_t slots;
    struct alike *alikes[BLOCKS_THREADS]; /* one for each thread */
    struct skim_runs *next;               /* of what was handed out */
    atomic_bool is_vain; /* where nothing is passed over, nothing is sought */
    struct skim_runs runs[]; /* one for each slot */
};

struct foresight *
foresight_new(const struct classifier *classifier, unsigned threads)
{
    size_t slots = threads + BLOCKS_SPARE;
    struct foresight *foresight =
        mem_new(sizeof(*foresight) + slots * sizeof(struct skim_runs));
    foresight->classifier = classifier;
    foresight->threads = threads;
    foresight->slots = slots;
    for (unsigned i = 0; i < threads; i++) {
        foresight->alikes[i] = alike_new();
    }
    return foresight;
}

void
foresight_free(struct foresight *foresight)
{
    if (foresight) {
        for (unsigned i = 0; i < foresight->threads; i++) {
            alike_free(foresight->alikes[i]);
        }
        mem_free(foresight);
    }
}

static void
on_look(void *ctx, unsigned thread, size_t slot, struct slice bytes)
{
    struct foresight *foresight = ctx;
    struct skim_runs *runs = &foresight->runs[slot];
    runs->chunk = bytes;
    runs->passed = 0;
    runs->count = 0;
    runs->end = 0;
    if (!atomic_load_explicit(&foresight->is_vain, memory_order_relaxed)) {
        skim_foresee(foresight->classifier, foresight->alikes[thread], bytes,
                     runs);
    }
}

static void
on_hand(void *ctx, size_t slot)
{
    struct foresight *foresight = ctx;
    foresight->next = &foresight->runs[slot];
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

struct skim_runs *
foresight_take(struct foresight *foresight, struct slice bytes)
{
    struct skim_runs *runs = foresight->next;
    foresight->next = NULL;
    return runs && runs->chunk.data == bytes.data
                && runs->chunk.len == bytes.len
             ? runs
             : NULL;
}

void
foresight_learn(struct foresight *foresight, const struct skim_runs *runs)
{
    bool is_vain = runs->passed < runs->chunk.len / WORTH;
    atomic_store_explicit(&foresight->is_vain, is_vain, memory_order_relaxed);
}
