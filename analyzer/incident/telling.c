/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/telling.h"

#include "base/mem.h"
#include "incident/alias.h"

#include <assert.h>

enum {
    HEADS_FIRST = 256,
    STEPS = 512,    /* links of one chain that are looked at */
    BUCKETS = 4096, /* of time, that one line is looked for in */
    MANY = UINT8_MAX,
    LIMIT = UINT16_MAX + 1, /* so far back a telling can lead */
};

static_assert(sizeof(struct telling) == MEM_LINE, "one is fetched at once");

/* Voices that tell of one failure are not further apart. */
static const int64_t near = 15 * STAMP_SECOND;
/* What is told with one bucket is looked for in its neighbours, too. */
static const int64_t bucket = 16 * STAMP_SECOND;
/* The bucket of what spans more than one. */
static const int64_t wide = INT64_MAX;

/*
 * By incident and image, those that named no pod and those that named one; and
 * the latter by their pod as well, which takes other heads and other links.
 */
enum chain {
    CHAIN_PODLESS,
    CHAIN_PODFUL,
    CHAIN_POD,
};

/*
 * A chain of one bucket of time, and whatever else leads to the same place. A
 * telling is known by its turn, and what was told `count` turns ago is gone: so
 * who leads to it need not be told.
 */
struct head {
    uint32_t newest; /* a turn */
    uint32_t marks;  /* a bit, of 32, for each hash that is in it */
};

struct tellings {
    struct keyed key;
    void *memory;
    struct telling *entries; /* a ring of `limit`; in `memory`, where a line
                                of the cache begins */
    uint32_t *older; /* of each the next one of CHAIN_POD; NULL: no pod was
                        named yet */
    size_t count;
    size_t limit;
    uint32_t turn; /* of the newest one; from 1, and on from 0 in the end */
    uint64_t number;
    struct head *heads;
    struct head *pods; /* the heads of CHAIN_POD; NULL: as above */
    size_t head_count; /* a power of two */
    size_t spans;      /* entries that are of more than one moment */
    size_t wides;      /* likewise, of more than a bucket */
};

struct tellings *
tellings_new(size_t limit)
{
    struct tellings *tellings = MEM_NEW(struct tellings);
    assert(limit > 0 && (limit & (limit - 1)) == 0 && limit <= LIMIT);
    tellings->limit = limit;
    return tellings;
}

void
tellings_free(struct tellings *tellings)
{
    if (tellings) {
        mem_free(tellings->memory);
        mem_free(tellings->older);
        mem_free(tellings->heads);
        mem_free(tellings->pods);
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

static struct telling *
entry_of(const struct tellings *tellings, uint32_t turn)
{
    return &tellings->entries[(turn - 1) & (tellings->limit - 1)];
}

static bool
is_alive(const struct tellings *tellings, uint32_t turn)
{
    return tellings->turn - turn < tellings->count;
}

void
tellings_renew(struct tellings *tellings)
{
    for (size_t i = 0; i < tellings->count; i++) {
        entry_of(tellings, tellings->turn - (uint32_t)i)->is_saved = false;
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

/* The names are hashes already, so little mixing is needed. */
static uint64_t
chain_hash(uint64_t incident, uint64_t image, uint64_t pod)
{
    uint64_t hash = incident ^ (image << 23 | image >> 41);
    hash += pod * 0xd6e8feb86659fd93u;
    hash *= 0x9fb21c651e98df25u;
    return hash ^ hash >> 35;
}

/*
 * What is looked at together stands together: the buckets of one time and the
 * next, with a pod and without.
 */
static struct head *
head_of(const struct tellings *tellings, enum chain chain, uint64_t hash,
        int64_t at)
{
    struct head *heads = chain == CHAIN_POD ? tellings->pods : tellings->heads;
    uint64_t place = hash + ((uint64_t)at * 2 + (chain == CHAIN_PODFUL));
    return &heads[place & (tellings->head_count - 1)];
}

static uint32_t
mark_of(uint64_t hash)
{
    return (uint32_t)1 << (hash >> 59);
}

/* The same of half as many. */
static uint16_t
half_of(uint32_t marks)
{
    return (uint16_t)(marks | marks >> 16);
}

/* Puts it before what is in the chain, which is returned. */
static struct head
put_in(struct tellings *tellings, enum chain chain, uint64_t hash, int64_t at,
       uint32_t turn)
{
    struct head *head = head_of(tellings, chain, hash, at);
    struct head older = *head;
    if (!is_alive(tellings, older.newest)) {
        older.marks = 0;
    }
    *head = (struct head){turn, older.marks | mark_of(hash)};
    return older;
}

static void
link_entry(struct tellings *tellings, uint32_t turn)
{
    struct telling *entry = entry_of(tellings, turn);
    uint64_t hash = chain_hash(entry->incident, entry->image, 0);
    int64_t at = is_wide(entry->from, entry->to) ? wide : entry->to / bucket;
    struct head older =
        put_in(tellings, entry->was_podless ? CHAIN_PODLESS : CHAIN_PODFUL,
               hash, at, turn);
    entry->back = (uint16_t)(turn - older.newest);
    entry->marks = half_of(older.marks);
    if (!entry->was_podless) {
        hash = chain_hash(entry->incident, entry->image, entry->pod);
        tellings->older[entry - tellings->entries] =
            put_in(tellings, CHAIN_POD, hash, at, turn).newest;
    }
}

static void
know_pods(struct tellings *tellings)
{
    tellings->older = mem_new(tellings->limit * sizeof(*tellings->older));
    tellings->pods = mem_new(tellings->head_count * sizeof(struct head));
}

/* As many heads as there are entries, all of which find their place again. */
static void
widen(struct tellings *tellings)
{
    size_t count =
        tellings->head_count > 0 ? tellings->head_count * 2 : HEADS_FIRST;
    mem_free(tellings->heads);
    tellings->heads = mem_new(count * sizeof(struct head));
    if (tellings->pods) {
        mem_free(tellings->pods);
        tellings->pods = mem_new(count * sizeof(struct head));
    }
    tellings->head_count = count;
    for (size_t i = tellings->count; i > 0; i--) {
        link_entry(tellings, tellings->turn - (uint32_t)i + 1);
    }
}

/* What is never told of takes no memory: the pages are not touched. */
static void
make_room(struct tellings *tellings)
{
    size_t size = tellings->limit * sizeof(struct telling);
    tellings->memory = mem_new(size + MEM_LINE);
    tellings->entries = mem_at_line(tellings->memory);
}

static void
count_spans(struct tellings *tellings, const struct telling *telling, int by)
{
    tellings->spans += telling->from != telling->to ? (size_t)by : 0;
    tellings->wides += is_wide(telling->from, telling->to) ? (size_t)by : 0;
}

static struct telling *
add(struct tellings *tellings, const struct telling *telling)
{
    enum {
        AHEAD = 8 /* entries are written one behind the other */
    };

    if (!tellings->entries) {
        make_room(tellings);
    }
    if (tellings->count == tellings->head_count
        && tellings->count < tellings->limit) {
        widen(tellings);
    }
    if (telling->pod != 0 && !tellings->older) {
        know_pods(tellings);
    }
    struct telling *entry = entry_of(tellings, ++tellings->turn);
    if (tellings->count == tellings->limit) {
        count_spans(tellings, entry, -1);
        mem_expect(entry_of(tellings, tellings->turn + AHEAD), MEM_LINE);
    } else {
        tellings->count++;
    }
    *entry = *telling;
    entry->was_podless = telling->pod == 0;
    tellings->number++;
    count_spans(tellings, entry, 1);
    link_entry(tellings, tellings->turn);
    return entry;
}

static bool
may_equal(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 || a == b;
}

/* What is looked for, and what was found so far. */
struct search {
    const struct telling *wanted;
    uint64_t hash; /* of the chains of its incident and image, */
    uint64_t pod;  /* and of those of its pod */
    enum voice voice;
    int64_t slack;
    struct telling *best;
    int64_t distance;
    uint32_t age; /* turns since it was told */
};

static uint8_t *
told_by(struct telling *telling, enum voice voice)
{
    return &telling->told[voice - 1];
}

static int64_t
distance_of(const struct telling *a, const struct telling *b)
{
    return a->from > b->to ? a->from - b->to
         : b->from > a->to ? b->from - a->to
                           : 0;
}

static bool
may_be(const struct search *search, struct telling *found)
{
    const struct telling *wanted = search->wanted;
    return found->incident == wanted->incident && found->image == wanted->image
        && may_equal(found->pod, wanted->pod)
        && may_equal(found->node, wanted->node)
        && *told_by(found, search->voice) < found->count;
}

/* Of those that are as near, the one that was looked at first stays. */
static void
weigh(struct search *search, struct telling *found, uint32_t age)
{
    if (may_be(search, found)) {
        int64_t distance = distance_of(found, search->wanted);
        if (distance <= near + search->slack
            && (!search->best || distance < search->distance)) {
            search->best = found;
            search->distance = distance;
            search->age = age;
        }
    }
}

/* Whether something in the chain may have that hash. */
static inline bool
may_hold(const struct tellings *tellings, const struct head *head,
         uint64_t hash)
{
    return (head->marks & mark_of(hash)) != 0
        && is_alive(tellings, head->newest);
}

/* The turn of the next one in a chain; if none has the hash, one long gone. */
static uint32_t
turn_before(const struct tellings *tellings, enum chain chain, uint64_t hash,
            uint32_t turn)
{
    const struct telling *entry = entry_of(tellings, turn);
    if (chain == CHAIN_POD) {
        return tellings->older[entry - tellings->entries];
    }
    return (entry->marks & half_of(mark_of(hash))) != 0
             ? turn - entry->back
             : tellings->turn - (uint32_t)tellings->count;
}

static void
walk(const struct tellings *tellings, struct search *search, enum chain chain,
     uint32_t turn)
{
    for (int i = 0; i < STEPS && is_alive(tellings, turn); i++) {
        weigh(search, entry_of(tellings, turn), tellings->turn - turn);
        turn = turn_before(tellings, chain, search->hash, turn);
    }
}

/* Most chains are empty, which is soon told. */
static inline void
look(const struct tellings *tellings, struct search *search, enum chain chain,
     int64_t at)
{
    uint64_t hash = chain == CHAIN_POD ? search->pod : search->hash;
    const struct head *head = head_of(tellings, chain, hash, at);
    if (may_hold(tellings, head, hash)) {
        walk(tellings, search, chain, head->newest);
    }
}

/* Of two that are as near, the one that was told later. */
static void
look_at_podful(const struct tellings *tellings, struct search *search,
               const struct search *before, int64_t at)
{
    struct search other = *before;
    look(tellings, &other, CHAIN_PODFUL, at);
    bool is_new = other.best && other.best != search->best;
    if (is_new
        && (!search->best || other.distance < search->distance
            || (other.distance == search->distance
                && other.age < search->age))) {
        *search = other;
    }
}

static void
look_at_all(const struct tellings *tellings, struct search *search, int64_t at)
{
    struct search before = *search;
    look(tellings, search, CHAIN_PODLESS, at);
    look_at_podful(tellings, search, &before, at);
}

/* Who knows its pod looks at what is told of the pod and of none. */
static inline void
look_at(const struct tellings *tellings, struct search *search, int64_t at)
{
    if (!tellings->pods) {
        look(tellings, search, CHAIN_PODLESS, at);
    } else if (search->wanted->pod == 0) {
        look_at_all(tellings, search, at);
    } else {
        look(tellings, search, CHAIN_POD, at);
        look(tellings, search, CHAIN_PODLESS, at);
    }
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
    uint8_t *told = told_by(found, search->voice);
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
            .wanted = &wanted,
            .hash = chain_hash(wanted.incident, wanted.image, 0),
            .voice = told->names.voice,
            .slack = told->slack,
        };
        if (wanted.pod != 0) {
            search.pod = chain_hash(wanted.incident, wanted.image, wanted.pod);
        }
        join_all(tellings, &search, &share.fresh, &share);
    }
    if (share.fresh > 0) {
        wanted.count = (uint8_t)least(share.fresh, MANY);
        wanted.heard = wanted.count;
        *told_by(&wanted, told->names.voice) = wanted.count;
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
    int64_t first = bucket_before(us);
    uint64_t hash = chain_hash(names->incident, names->image, 0);
    if (tellings->count == 0) {
        return;
    }
    mem_expect(head_of(tellings, CHAIN_PODLESS, hash, first), 1);
    mem_expect(head_of(tellings, CHAIN_PODLESS, hash, first + 2), 1);
    if (names->pod != 0 && tellings->pods) {
        hash = chain_hash(names->incident, names->image, names->pod);
        mem_expect(head_of(tellings, CHAIN_POD, hash, first), 1);
        mem_expect(head_of(tellings, CHAIN_POD, hash, first + 2), 1);
    }
}

/* The first of a chain. */
static void
expect_entry(const struct tellings *tellings, enum chain chain, uint64_t hash,
             int64_t at)
{
    const struct head *head = head_of(tellings, chain, hash, at);
    if (may_hold(tellings, head, hash)) {
        mem_expect(entry_of(tellings, head->newest), 1);
    }
}

void
tellings_expect_more(const struct tellings *tellings,
                     const struct telling_names *names, int64_t us)
{
    int64_t first = bucket_before(us);
    uint64_t hash = chain_hash(names->incident, names->image, 0);
    for (int64_t at = first; tellings->count > 0 && at <= first + 2; at++) {
        expect_entry(tellings, CHAIN_PODLESS, hash, at);
    }
    if (names->pod == 0 || !tellings->pods) {
        return;
    }
    hash = chain_hash(names->incident, names->image, names->pod);
    for (int64_t at = first; at <= first + 2; at++) {
        expect_entry(tellings, CHAIN_POD, hash, at);
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
    return index < tellings->count
             ? entry_of(tellings, tellings->turn - (uint32_t)index)
             : NULL;
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
