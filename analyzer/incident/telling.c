/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/telling.h"

#include "base/mem.h"
#include "incident/alias.h"

enum {
    ROOM_FIRST = 256,
    STEPS = 512,    /* links of one chain that are looked at */
    BUCKETS = 4096, /* of time, that one line is looked for in */
    MANY = UINT8_MAX,
};

/* Voices that tell of one failure are not further apart. */
static const int64_t near = 15 * STAMP_SECOND;
/* What is told with one bucket is looked for in its neighbours, too. */
static const int64_t bucket = 16 * STAMP_SECOND;
/* The bucket of what spans more than one. */
static const int64_t wide = INT64_MAX;

/* Each entry is in two chains: of its pod, and of all pods. */
enum chain {
    CHAIN_ALL,
    CHAIN_POD,
    CHAINS,
};

struct entry {
    struct telling telling;
    uint64_t hash[CHAINS];
    size_t next[CHAINS]; /* from 1; 0 at the end */
    size_t prev[CHAINS]; /* likewise; the oldest is the last of a long chain */
};

struct tellings {
    struct keyed key;
    struct entry *entries; /* a ring once `limit` is reached */
    size_t count;
    size_t room;
    size_t limit;
    size_t newest; /* index, if there is any */
    uint64_t number;
    size_t *heads; /* room * CHAINS of them */
};

struct tellings *
tellings_new(size_t limit)
{
    struct tellings *tellings = MEM_NEW(struct tellings);
    tellings->limit = limit;
    return tellings;
}

void
tellings_free(struct tellings *tellings)
{
    if (tellings) {
        mem_free(tellings->entries);
        mem_free(tellings->heads);
        mem_free(tellings);
    }
}

void
tellings_set_key(struct tellings *tellings, const struct keyed *key)
{
    tellings->key = *key;
}

const struct keyed *
tellings_key(const struct tellings *tellings)
{
    return tellings->count > 0 ? &tellings->key : NULL;
}

void
tellings_renew(struct tellings *tellings)
{
    for (size_t i = 0; i < tellings->count; i++) {
        tellings->entries[i].telling.is_saved = false;
    }
}

static uint64_t
hash_of(const struct tellings *tellings, struct slice text)
{
    return text.len > 0 ? keyed_hash(&tellings->key, text) | 1 : 0;
}

static bool
is_wide(int64_t from, int64_t to)
{
    return to - from > bucket;
}

static uint64_t
chain_hash(const struct telling *telling, enum chain chain, int64_t at)
{
    uint64_t words[] = {telling->incident, telling->image,
                        chain == CHAIN_POD ? telling->pod : 0, (uint64_t)at};
    return slice_hash(slice_of((const char *)words, sizeof(words)),
                      (uint64_t)chain);
}

static size_t *
head_of(const struct tellings *tellings, enum chain chain, uint64_t hash)
{
    return &tellings
                ->heads[(size_t)chain * tellings->room + hash % tellings->room];
}

static void
link_entry(struct tellings *tellings, size_t index)
{
    struct entry *entry = &tellings->entries[index];
    const struct telling *telling = &entry->telling;
    int64_t at =
        is_wide(telling->from, telling->to) ? wide : telling->to / bucket;
    for (int i = 0; i < CHAINS; i++) {
        entry->hash[i] = chain_hash(telling, (enum chain)i, at);
        size_t *head = head_of(tellings, (enum chain)i, entry->hash[i]);
        entry->next[i] = *head;
        entry->prev[i] = 0;
        if (*head > 0) {
            tellings->entries[*head - 1].prev[i] = index + 1;
        }
        *head = index + 1;
    }
}

static void
unlink_entry(struct tellings *tellings, size_t index)
{
    for (int i = 0; i < CHAINS; i++) {
        const struct entry *entry = &tellings->entries[index];
        size_t next = entry->next[i];
        size_t prev = entry->prev[i];
        if (prev > 0) {
            tellings->entries[prev - 1].next[i] = next;
        } else {
            *head_of(tellings, (enum chain)i, entry->hash[i]) = next;
        }
        if (next > 0) {
            tellings->entries[next - 1].prev[i] = prev;
        }
    }
}

static void
grow(struct tellings *tellings)
{
    size_t room = tellings->room > 0 ? tellings->room * 2 : ROOM_FIRST;
    room = room < tellings->limit ? room : tellings->limit;
    tellings->entries =
        mem_resize_array(tellings->entries, room, sizeof(*tellings->entries));
    mem_free(tellings->heads);
    tellings->heads = mem_new(room * CHAINS * sizeof(*tellings->heads));
    tellings->room = room;
    for (size_t i = 0; i < tellings->count; i++) {
        link_entry(tellings, i);
    }
}

static struct telling *
add(struct tellings *tellings, const struct telling *telling)
{
    size_t index = tellings->count;
    if (index == tellings->limit) {
        index = tellings->newest + 1 < index ? tellings->newest + 1 : 0;
        unlink_entry(tellings, index);
    } else {
        if (index == tellings->room) {
            grow(tellings);
        }
        tellings->count++;
    }
    tellings->entries[index].telling = *telling;
    tellings->newest = index;
    tellings->number++;
    link_entry(tellings, index);
    return &tellings->entries[index].telling;
}

static bool
may_equal(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 || a == b;
}

/* What is looked for, and what was found so far. */
struct search {
    const struct telling *wanted;
    enum voice voice;
    int64_t slack;
    struct telling *best;
    int64_t distance;
};

static int64_t
distance_of(const struct telling *a, const struct telling *b)
{
    return a->from > b->to ? a->from - b->to
         : b->from > a->to ? b->from - a->to
                           : 0;
}

static void
weigh(struct search *search, struct telling *found)
{
    const struct telling *wanted = search->wanted;
    int64_t distance = distance_of(found, wanted);
    if (found->incident == wanted->incident && found->image == wanted->image
        && may_equal(found->pod, wanted->pod)
        && may_equal(found->node, wanted->node)
        && found->told[search->voice] < found->count
        && distance <= near + search->slack
        && (!search->best || distance < search->distance)) {
        search->best = found;
        search->distance = distance;
    }
}

static void
look(const struct tellings *tellings, struct search *search, enum chain chain,
     uint64_t hash)
{
    size_t at = *head_of(tellings, chain, hash);
    for (size_t steps = 0; at > 0 && steps < STEPS; steps++) {
        struct entry *entry = &tellings->entries[at - 1];
        if (entry->hash[chain] == hash) {
            weigh(search, &entry->telling);
        }
        at = entry->next[chain];
    }
}

/* Who knows its pod looks at what is told of the pod and of none. */
static void
look_at(const struct tellings *tellings, struct search *search, int64_t at)
{
    struct telling wanted = *search->wanted;
    if (wanted.pod == 0) {
        look(tellings, search, CHAIN_ALL, chain_hash(&wanted, CHAIN_ALL, at));
        return;
    }
    look(tellings, search, CHAIN_POD, chain_hash(&wanted, CHAIN_POD, at));
    wanted.pod = 0;
    look(tellings, search, CHAIN_POD, chain_hash(&wanted, CHAIN_POD, at));
}

static uint64_t
least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Takes off *count what the failure has not been told of by the voice. */
static void
join(struct search *search, uint64_t *count, struct share *share)
{
    const struct telling *wanted = search->wanted;
    struct telling *found = search->best;
    uint8_t *told = &found->told[search->voice];
    uint64_t taken = least((uint64_t)(found->count - *told), *count);
    *told = (uint8_t)(*told + taken);
    *count -= taken;
    if (*told > found->heard) {
        share->old += (uint64_t)(*told - found->heard);
        found->heard = *told;
    }
    share->is_elsewhere = wanted->pod == 0 && found->pod != 0;
    share->is_first = wanted->pod != 0 && found->pod == 0;
    found->pod = found->pod != 0 ? found->pod : wanted->pod;
    found->node = found->node != 0 ? found->node : wanted->node;
    found->is_saved = false;
    search->best = NULL;
}

/* One failure is the nearest one; of several, any within their span will do. */
static void
join_all(const struct tellings *tellings, struct search *search,
         uint64_t *count, struct share *share)
{
    const struct telling *wanted = search->wanted;
    bool is_one = *count == 1;
    int64_t reach = near + search->slack;
    int64_t last = (wanted->to + reach) / bucket + 1;
    int64_t first = (wanted->from - reach) / bucket;
    first = last - first > BUCKETS ? last - BUCKETS : first;
    for (int64_t at = last; at >= first && *count > 0; at--) {
        look_at(tellings, search, at);
        while (!is_one && search->best && *count > 0) {
            join(search, count, share);
            look_at(tellings, search, at);
        }
    }
    while (*count > 0) {
        look_at(tellings, search, wide);
        if (!search->best) {
            break;
        }
        join(search, count, share);
    }
}

struct share
tellings_take(struct tellings *tellings, const struct told *told)
{
    const struct slice *facts = told->facts->value;
    struct share share = {.fresh = told->count};
    if (told->voice == VOICE_UNKNOWN) {
        return share;
    }
    struct telling wanted = {
        .incident = hash_of(tellings, told->key),
        .image = alias_hash(facts[FACT_IMAGE], tellings->key.word[0]),
        .pod = hash_of(tellings, facts[FACT_POD]),
        .node = hash_of(tellings, facts[FACT_NODE]),
        .from = told->from < told->to ? told->from : told->to,
        .to = told->to,
    };
    struct search search = {
        .wanted = &wanted, .voice = told->voice, .slack = told->slack};
    if (tellings->count > 0) {
        join_all(tellings, &search, &share.fresh, &share);
    }
    if (share.fresh > 0) {
        wanted.count = (uint8_t)least(share.fresh, MANY);
        wanted.heard = wanted.count;
        wanted.told[told->voice] = wanted.count;
        wanted.is_saved = told->is_replay;
        (void)add(tellings, &wanted);
    }
    return share;
}

void
tellings_restore(struct tellings *tellings, const struct telling *telling,
                 uint64_t number)
{
    struct telling *copy = add(tellings, telling);
    copy->heard = 0;
    copy->is_saved = true;
    tellings->number = number;
}

struct telling *
tellings_at(struct tellings *tellings, size_t index)
{
    if (index >= tellings->count) {
        return NULL;
    }
    size_t at = (tellings->newest + tellings->count - index) % tellings->count;
    return &tellings->entries[at].telling;
}

uint64_t
tellings_number(const struct tellings *tellings, size_t index)
{
    return tellings->number - index;
}

void
tellings_renumber(struct tellings *tellings, uint64_t last)
{
    tellings->number = last + tellings->count;
}
