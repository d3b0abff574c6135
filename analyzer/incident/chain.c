/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/chain.h"

#include "base/stamp.h"

#include <string.h>

enum {
    HEADS_FIRST = 256,
};

void
chains_free(struct chains *chains)
{
    mem_free(chains->heads);
    mem_free(chains->pods);
    mem_free(chains->links);
    mem_free(chains->older);
}

/* What is never told of takes no memory: the pages are not touched. */
void
chains_widen(struct chains *chains)
{
    size_t count =
        chains->head_count > 0 ? chains->head_count * 2 : HEADS_FIRST;
    if (!chains->links) {
        chains->links = mem_new(chains->limit * sizeof(struct chain_node));
    }
    mem_free(chains->heads);
    chains->heads = mem_new(count * sizeof(struct head));
    if (chains->pods) {
        mem_free(chains->pods);
        chains->pods = mem_new(count * sizeof(struct head));
    }
    chains->head_count = count;
}

void
chains_know_pods(struct chains *chains)
{
    if (!chains->older) {
        chains->older = mem_new(chains->limit * sizeof(*chains->older));
        chains->pods = mem_new(chains->head_count * sizeof(struct head));
    }
}

static void
note_past(struct chains *chains)
{
    static const int64_t step = 8 * STAMP_SECOND;
    struct past *pasts = chains->pasts;
    if (chains->latest - pasts->latest >= step
        || chains->turn - pasts->turn >= chains->limit) {
        memmove(pasts + 1, pasts, (CHAIN_PASTS - 1) * sizeof(*pasts));
        pasts[0] = (struct past){chains->latest, chains->turn};
    }
}

uint32_t
chains_add(struct chains *chains, int64_t time)
{
    chains->turn++;
    chains->count += chains->count < chains->limit;
    chains->latest = time > chains->latest ? time : chains->latest;
    note_past(chains);
    return chains->turn;
}

/* Puts it before what is in the chain, which is returned. */
static struct head
put_in(struct chains *chains, enum chain chain, uint64_t hash, int64_t at,
       uint32_t turn)
{
    struct head *head = chain_head(chains, chain, hash, at);
    struct head older = *head;
    if (!chain_is_within(chains, older.newest, chains->count)) {
        older.marks = 0;
    }
    *head = (struct head){turn, older.marks | chain_mark(hash)};
    return older;
}

void
chains_put(struct chains *chains, uint32_t turn,
           const struct chain_place *place)
{
    struct chain_node *link = chain_link(chains, turn);
    enum chain chain = place->has_pod ? CHAIN_PODFUL : CHAIN_PODLESS;
    struct head older = put_in(chains, chain, place->hash, place->at, turn);
    link->back = (uint16_t)(turn - older.newest);
    link->marks = chain_half(older.marks);
    link->sign = chain_sign(place->hash);
    link->when = place->when;
    if (place->has_pod) {
        chains->older[chain_index(chains, turn)] =
            put_in(chains, CHAIN_POD, place->pod, place->at, turn).newest;
    }
}
