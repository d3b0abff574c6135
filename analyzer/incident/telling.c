/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/telling.h"

#include "base/mem.h"
#include "incident/alias.h"

#include <string.h>

enum {
    ROOM_FIRST = 256,
    STEPS = 512,    /* links of one chain that are looked at */
    BUCKETS = 4096, /* of time, that one line is looked for in */
    MANY = UINT8_MAX,
    FILTER = 1 << 17, /* for each of the chains */
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
    uint32_t next[CHAINS]; /* from 1; 0 at the end */
    uint32_t prev[CHAINS]; /* likewise; the oldest is the last of a long one */
    struct telling telling;
};

struct tellings {
    struct keyed key;
    struct entry *entries; /* a ring once `limit` is reached */
    size_t count;
    size_t room;
    size_t limit;
    size_t newest; /* index, if there is any */
    uint64_t number;
    uint32_t *heads; /* room * CHAINS of them */
    uint8_t *filter; /* how many entries are in chains of such a hash */
    size_t spans;    /* entries that are of more than one moment */
    size_t wides;    /* likewise, of more than a bucket */
};

struct tellings *
tellings_new(size_t limit)
{
    struct tellings *tellings = MEM_NEW(struct tellings);
    tellings->limit = limit;
    tellings->filter = mem_new((size_t)FILTER * CHAINS);
    return tellings;
}

void
tellings_free(struct tellings *tellings)
{
    if (tellings) {
        mem_free(tellings->entries);
        mem_free(tellings->heads);
        mem_free(tellings->filter);
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

/*
 * The names are hashes already, so little mixing is needed. Who names no pod is
 * in CHAIN_POD's chain of no pod.
 */
static uint64_t
chain_hash(const struct telling_names *names, uint64_t pod, enum chain chain,
           int64_t at)
{
    uint64_t hash = names->incident ^ (names->image << 23 | names->image >> 41);
    hash += chain == CHAIN_POD ? pod * 0xd6e8feb86659fd93u + 1 : 0;
    hash = (hash ^ (uint64_t)at) * 0x9fb21c651e98df25u;
    return hash ^ hash >> 35;
}

static uint32_t *
head_of(const struct tellings *tellings, enum chain chain, uint64_t hash)
{
    return &tellings
                ->heads[(size_t)chain * tellings->room + hash % tellings->room];
}

static uint8_t *
filter_of(const struct tellings *tellings, enum chain chain, uint64_t hash)
{
    return &tellings->filter[(size_t)chain * FILTER + hash % FILTER];
}

/* A count that ran over stays as it is: then nothing is left out. */
static void
count_hash(struct tellings *tellings, enum chain chain, uint64_t hash, int by)
{
    uint8_t *count = filter_of(tellings, chain, hash);
    if (*count != UINT8_MAX) {
        *count = (uint8_t)(*count + by);
    }
}

/* Where it was put when it was told first; its pod may be known since. */
static uint64_t
hash_in(const struct telling *telling, enum chain chain)
{
    const struct telling_names names = {.incident = telling->incident,
                                        .image = telling->image};
    int64_t at =
        is_wide(telling->from, telling->to) ? wide : telling->to / bucket;
    return chain_hash(&names, telling->was_podless ? 0 : telling->pod, chain,
                      at);
}

static void
link_entry(struct tellings *tellings, size_t index)
{
    struct entry *entry = &tellings->entries[index];
    for (int i = 0; i < CHAINS; i++) {
        uint64_t hash = hash_in(&entry->telling, (enum chain)i);
        uint32_t *head = head_of(tellings, (enum chain)i, hash);
        entry->next[i] = *head;
        entry->prev[i] = 0;
        if (*head > 0) {
            tellings->entries[*head - 1].prev[i] = (uint32_t)index + 1;
        }
        *head = (uint32_t)index + 1;
        count_hash(tellings, (enum chain)i, hash, 1);
    }
    tellings->spans += entry->telling.from != entry->telling.to;
    tellings->wides += is_wide(entry->telling.from, entry->telling.to);
}

static void
unlink_entry(struct tellings *tellings, size_t index)
{
    const struct entry *entry = &tellings->entries[index];
    for (int i = 0; i < CHAINS; i++) {
        uint64_t hash = hash_in(&entry->telling, (enum chain)i);
        uint32_t next = entry->next[i];
        uint32_t prev = entry->prev[i];
        if (prev > 0) {
            tellings->entries[prev - 1].next[i] = next;
        } else {
            *head_of(tellings, (enum chain)i, hash) = next;
        }
        if (next > 0) {
            tellings->entries[next - 1].prev[i] = prev;
        }
        count_hash(tellings, (enum chain)i, hash, -1);
    }
    tellings->spans -= entry->telling.from != entry->telling.to;
    tellings->wides -= is_wide(entry->telling.from, entry->telling.to);
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
    memset(tellings->filter, 0, (size_t)FILTER * CHAINS);
    tellings->spans = tellings->wides = 0;
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
    tellings->entries[index].telling.was_podless = telling->pod == 0;
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
    const struct telling_names *names;
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
        && found->told[search->names->voice] < found->count
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
    if (*filter_of(tellings, chain, hash) == 0) {
        return;
    }
    size_t at = *head_of(tellings, chain, hash);
    for (size_t steps = 0; at > 0 && steps < STEPS; steps++) {
        struct entry *entry = &tellings->entries[at - 1];
        weigh(search, &entry->telling);
        at = entry->next[chain];
    }
}

/* Who knows its pod looks at what is told of the pod and of none. */
static void
look_at(const struct tellings *tellings, struct search *search, int64_t at)
{
    const struct telling_names *names = search->names;
    uint64_t pod = names->pod;
    if (pod == 0) {
        look(tellings, search, CHAIN_ALL, chain_hash(names, 0, CHAIN_ALL, at));
        return;
    }
    look(tellings, search, CHAIN_POD, chain_hash(names, pod, CHAIN_POD, at));
    look(tellings, search, CHAIN_POD, chain_hash(names, 0, CHAIN_POD, at));
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
    uint8_t *told = &found->told[search->names->voice];
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
    int64_t last = (wanted->to + reach) / bucket + (tellings->spans > 0);
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
        if (tellings->wides > 0) {
            look_at(tellings, search, wide);
        }
        if (!search->best) {
            break;
        }
        join(search, count, share);
    }
}

struct telling_names
tellings_names(const struct tellings *tellings, struct slice key,
               const struct facts *facts)
{
    const struct slice *value = facts->value;
    return (struct telling_names){
        .incident = hash_of(tellings, key),
        .image = alias_hash(value[FACT_IMAGE], tellings->key.word[0]),
        .pod = hash_of(tellings, value[FACT_POD]),
        .node = hash_of(tellings, value[FACT_NODE]),
    };
}

struct share
tellings_take(struct tellings *tellings, const struct told *told)
{
    struct share share = {.fresh = told->count};
    if (told->names.voice == VOICE_UNKNOWN) {
        return share;
    }
    struct telling wanted = {
        .incident = told->names.incident,
        .image = told->names.image,
        .pod = told->names.pod,
        .node = told->names.node,
        .from = told->from < told->to ? told->from : told->to,
        .to = told->to,
    };
    if (tellings->count > 0) {
        struct search search = {
            .wanted = &wanted, .names = &told->names, .slack = told->slack};
        join_all(tellings, &search, &share.fresh, &share);
    }
    if (share.fresh > 0) {
        wanted.count = (uint8_t)least(share.fresh, MANY);
        wanted.heard = wanted.count;
        wanted.told[told->names.voice] = wanted.count;
        wanted.is_saved = told->is_replay;
        (void)add(tellings, &wanted);
    }
    return share;
}

/* Where entries may stand that are near in time. */
static int64_t
bucket_before(int64_t us)
{
    return (us - near) / bucket;
}

void
tellings_expect(const struct tellings *tellings,
                const struct telling_names *names, int64_t us)
{
    enum chain chain = names->pod == 0 ? CHAIN_ALL : CHAIN_POD;
    int64_t first = bucket_before(us);
    for (int64_t at = first; tellings->count > 0 && at <= first + 2; at++) {
        uint64_t hash = chain_hash(names, names->pod, chain, at);
        mem_expect(filter_of(tellings, chain, hash), 1);
        mem_expect(head_of(tellings, chain, hash), 1);
    }
}

void
tellings_expect_more(const struct tellings *tellings,
                     const struct telling_names *names, int64_t us)
{
    enum chain chain = names->pod == 0 ? CHAIN_ALL : CHAIN_POD;
    int64_t first = bucket_before(us);
    for (int64_t at = first; tellings->count > 0 && at <= first + 2; at++) {
        uint64_t hash = chain_hash(names, names->pod, chain, at);
        uint32_t entry = *filter_of(tellings, chain, hash) > 0
                           ? *head_of(tellings, chain, hash)
                           : 0;
        if (entry > 0) {
            mem_expect(&tellings->entries[entry - 1], sizeof(struct entry));
        }
    }
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
