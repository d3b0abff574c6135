/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/telling.h"

#include "base/mem.h"
#include "incident/alias.h"
#include "incident/chain.h"

#include <assert.h>

enum {
    STEPS = 512,    /* links of one chain that are looked at */
    BUCKETS = 4096, /* of time, that one line is looked for in */
    MANY = UINT8_MAX,
};

static_assert(sizeof(struct telling) == MEM_LINE, "one is fetched at once");
static_assert(VOICES - 1 <= 8, "a bit for each known voice is a byte");

/* Voices that tell of one failure are not further apart. */
static const int64_t near = 15 * STAMP_SECOND;
/* What is told with one bucket is looked for in its neighbours, too. */
static const int64_t bucket = 16 * STAMP_SECOND;
/* The bucket of what spans more than one. */
static const int64_t wide = INT64_MAX;

struct tellings {
    struct keyed key;
    void *memory;
    struct telling *entries; /* a ring of `limit`; in `memory`, where a line
                                of the cache begins */
    struct chains chains;    /* who is where in it */
    uint64_t number;
    size_t spans; /* entries that are of more than one moment */
    size_t wides; /* likewise, of more than a bucket */
    size_t imageless;
};

struct tellings *
tellings_new(size_t limit)
{
    struct tellings *tellings = MEM_NEW(struct tellings);
    assert(limit > 0 && (limit & (limit - 1)) == 0 && limit <= CHAIN_LIMIT);
    tellings->chains.limit = limit;
    return tellings;
}

void
tellings_free(struct tellings *tellings)
{
    if (tellings) {
        mem_free(tellings->memory);
        chains_free(&tellings->chains);
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
    return tellings->chains.count > 0 ? &tellings->key : NULL;
}

static struct telling *
entry_of(const struct tellings *tellings, uint32_t turn)
{
    return &tellings->entries[chain_index(&tellings->chains, turn)];
}

void
tellings_renew(struct tellings *tellings)
{
    for (size_t i = 0; i < tellings->chains.count; i++) {
        tellings_at(tellings, i)->is_saved = false;
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

static void
put_in_place(struct tellings *tellings, uint32_t turn)
{
    const struct telling *entry = entry_of(tellings, turn);
    const struct chain_place place = {
        .hash = chain_hash(entry->incident, entry->image, 0),
        .pod = chain_hash(entry->incident, entry->image, entry->pod),
        .has_pod = !entry->was_podless,
        .at = is_wide(entry->from, entry->to) ? wide : entry->to / bucket,
        .when = chain_when(entry->to),
    };
    chains_put(&tellings->chains, turn, &place);
}

/* All find their place again. */
static void
widen(struct tellings *tellings)
{
    struct chains *chains = &tellings->chains;
    chains_widen(chains);
    for (size_t i = chains->count; i > 0; i--) {
        put_in_place(tellings, chains->turn - (uint32_t)i + 1);
    }
}

/* What is never told of takes no memory: the pages are not touched. */
static void
make_room(struct tellings *tellings)
{
    size_t size = tellings->chains.limit * sizeof(struct telling);
    tellings->memory = mem_new(size + MEM_LINE);
    tellings->entries = mem_at_line(tellings->memory);
}

static inline uint8_t
done_bit(enum voice voice)
{
    return (uint8_t)(1U << (voice - 1));
}

/* Who told of all of its failures cannot tell of one more. */
static void
note_done(const struct tellings *tellings, uint32_t turn)
{
    const struct telling *entry = entry_of(tellings, turn);
    unsigned done = 0;
    for (unsigned i = 0; i < COUNT(entry->told); i++) {
        bool is_done = entry->told[i] >= entry->count;
        done |= is_done ? done_bit((enum voice)(i + 1)) : 0U;
    }
    chain_link(&tellings->chains, turn)->done = (uint8_t)done;
}

static void
count_spans(struct tellings *tellings, const struct telling *telling, int by)
{
    tellings->spans += telling->from != telling->to ? (size_t)by : 0;
    tellings->wides += is_wide(telling->from, telling->to) ? (size_t)by : 0;
    tellings->imageless += telling->image == 0 ? (size_t)by : 0;
}

static struct telling *
add(struct tellings *tellings, const struct telling *telling)
{
    enum {
        AHEAD = 8 /* entries are written one behind the other */
    };

    struct chains *chains = &tellings->chains;
    if (!tellings->entries) {
        make_room(tellings);
    }
    if (chains->count == chains->head_count && chains->count < chains->limit) {
        widen(tellings);
    }
    if (telling->pod != 0) {
        chains_know_pods(chains);
    }
    struct telling *entry = entry_of(tellings, chains->turn + 1);
    if (chains->count == chains->limit) {
        count_spans(tellings, entry, -1);
        mem_expect(entry_of(tellings, chains->turn + AHEAD), MEM_LINE);
    }
    uint32_t turn = chains_add(chains, telling->to);
    *entry = *telling;
    entry->was_podless = telling->pod == 0;
    tellings->number++;
    count_spans(tellings, entry, 1);
    put_in_place(tellings, turn);
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
    uint32_t depth; /* turns; before them nothing is near in time */
    unsigned reach; /* what is near, as chain_when() has it */
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

static inline uint64_t
hash_for(const struct search *search, enum chain chain)
{
    return chain == CHAIN_POD ? search->pod : search->hash;
}

/* Mostly a link tells that nothing is to be had, and the entry is not read. */
static inline bool
is_of_use(const struct chain_node *link, const struct search *search)
{
    unsigned when = chain_when(search->wanted->to);
    unsigned ahead = (uint8_t)(link->when - when + search->reach);
    return link->sign == chain_sign(search->hash)
        && (link->done & done_bit(search->voice)) == 0
        && ahead <= 2 * search->reach;
}

static void
walk(const struct tellings *tellings, struct search *search, enum chain chain,
     uint32_t turn)
{
    const struct chains *chains = &tellings->chains;
    uint64_t hash = hash_for(search, chain);
    for (int i = 0; i < STEPS && chain_is_within(chains, turn, search->depth);
         i++) {
        if (is_of_use(chain_link(chains, turn), search)) {
            weigh(search, entry_of(tellings, turn), chains->turn - turn);
        }
        turn = chain_next(chains, chain, hash, turn);
    }
}

/* Most chains are empty, which is soon told. */
static inline void
look(const struct tellings *tellings, struct search *search, enum chain chain,
     int64_t at)
{
    const struct chains *chains = &tellings->chains;
    uint32_t turn = chain_first(chains, chain, hash_for(search, chain), at);
    if (chain_is_within(chains, turn, search->depth)) {
        walk(tellings, search, chain, turn);
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
    if (!tellings->chains.pods) {
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
join(const struct tellings *tellings, struct search *search, uint64_t *count,
     struct share *share)
{
    const struct telling *wanted = search->wanted;
    struct telling *found = search->best;
    uint8_t *told = told_by(found, search->voice);
    uint64_t taken = least((uint64_t)(found->count - *told), *count);
    *told = (uint8_t)(*told + taken);
    *count -= taken;
    note_done(tellings, tellings->chains.turn - search->age);
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

/* Behind what was told last there is nothing. */
static inline int64_t
last_bucket(const struct tellings *tellings, int64_t time)
{
    int64_t latest = tellings->chains.latest;
    return (time < latest ? time : latest) / bucket + (tellings->spans > 0);
}

/* One failure is the nearest one; of several, any within their span will do. */
static void
join_all(const struct tellings *tellings, struct search *search,
         uint64_t *count, struct share *share)
{
    const struct telling *wanted = search->wanted;
    bool is_one = *count == 1;
    int64_t reach = near + search->slack;
    int64_t last = last_bucket(tellings, wanted->to + reach);
    int64_t first = (wanted->from - reach) / bucket;
    first = last - first > BUCKETS ? last - BUCKETS : first;
    for (int64_t at = last; at >= first && *count > 0; at--) {
        look_at(tellings, search, at);
        while (!is_one && search->best && *count > 0) {
            join(tellings, search, count, share);
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
        join(tellings, search, count, share);
    }
}

struct telling_names
tellings_names(const struct tellings *tellings, struct slice key,
               const struct facts *facts)
{
    const struct slice *value = facts->value;
    return (struct telling_names){
        .incident = hash_of(tellings, key),
        .image = value[FACT_IMAGE].len == 0
                   ? 0
                   : alias_hash(value[FACT_IMAGE], tellings->key.word[0]),
        .pod = hash_of(tellings, value[FACT_POD]),
        .node = hash_of(tellings, value[FACT_NODE]),
    };
}

/* Half seconds, nearly; what lasts for some time may be near anywhere. */
static inline unsigned
reach_of(const struct tellings *tellings, const struct telling *wanted,
         int64_t slack)
{
    enum {
        ANY = 128
    };

    uint64_t reach = ((uint64_t)(near + slack) >> 19) + 2;
    bool is_any =
        reach > ANY || wanted->from != wanted->to || tellings->spans > 0;
    return is_any ? ANY : (unsigned)reach;
}

/* Takes off the share what was told before of the wanted image. */
static void
seek(const struct tellings *tellings, const struct telling *wanted,
     const struct told *told, struct share *share)
{
    struct search search = {
        .wanted = wanted,
        .hash = chain_hash(wanted->incident, wanted->image, 0),
        .pod = wanted->pod == 0
                 ? 0
                 : chain_hash(wanted->incident, wanted->image, wanted->pod),
        .voice = told->names.voice,
        .slack = told->slack,
        .depth =
            chain_depth(&tellings->chains, wanted->from - near - told->slack),
        .reach = reach_of(tellings, wanted, told->slack),
    };
    join_all(tellings, &search, &share->fresh, share);
}

struct share
tellings_take(struct tellings *tellings, const struct told *told)
{
    struct share share = {.fresh = told->count};
    const struct telling_names *names = &told->names;
    if (names->voice == VOICE_UNKNOWN) {
        return share;
    }
    struct telling wanted = {
        .incident = names->incident,
        .image = names->image,
        .pod = names->pod,
        .node = names->node,
        .from = told->from < told->to ? told->from : told->to,
        .to = told->to,
    };
    if (tellings->chains.count > 0) {
        seek(tellings, &wanted, told, &share);
    }
    /* Who was the first to tell may not have known of which image. */
    if (share.fresh > 0 && names->image != 0 && tellings->imageless > 0) {
        wanted.image = 0;
        seek(tellings, &wanted, told, &share);
        wanted.image = names->image;
    }
    if (share.fresh > 0) {
        wanted.count = (uint8_t)least(share.fresh, MANY);
        wanted.heard = wanted.count;
        *told_by(&wanted, names->voice) = wanted.count;
        wanted.is_saved = told->is_replay;
        add(tellings, &wanted);
        chain_link(&tellings->chains, tellings->chains.turn)->done =
            done_bit(names->voice);
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
    const struct chains *chains = &tellings->chains;
    int64_t first = bucket_before(us);
    uint64_t hash = chain_hash(names->incident, names->image, 0);
    if (chains->count == 0) {
        return;
    }
    mem_expect(chain_head(chains, CHAIN_PODLESS, hash, first), 1);
    mem_expect(chain_head(chains, CHAIN_PODLESS, hash, first + 2), 1);
    if (names->pod != 0 && chains->pods) {
        hash = chain_hash(names->incident, names->image, names->pod);
        mem_expect(chain_head(chains, CHAIN_POD, hash, first), 1);
        mem_expect(chain_head(chains, CHAIN_POD, hash, first + 2), 1);
    }
}

void
tellings_restore(struct tellings *tellings, const struct telling *telling,
                 uint64_t number)
{
    struct telling *copy = add(tellings, telling);
    note_done(tellings, tellings->chains.turn);
    copy->heard = 0;
    copy->is_saved = true;
    tellings->number = number;
}

struct telling *
tellings_at(struct tellings *tellings, size_t index)
{
    return index < tellings->chains.count
             ? entry_of(tellings, tellings->chains.turn - (uint32_t)index)
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
    tellings->number = last + tellings->chains.count;
}
