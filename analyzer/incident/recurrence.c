/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/recurrence.h"

#include "base/mem.h"

#include <assert.h>

enum {
    ROOM_FIRST = 64,
};

/* A look of this age at an entry is noted, so that it is not pruned. */
static const int64_t refresh = STAMP_DAY;
/* Two rows of one watch: both happened just now, and were read at once. */
static const int64_t at_once = 2 * STAMP_SECOND;

static_assert(sizeof(struct recurrence) == 64, "a line of the cache");

struct recurrences {
    struct keyed key;
    recurrence_lookup *lookup;
    void *ctx;
    struct recurrence *entries;
    uint32_t *heads;
    size_t count;
    size_t room;
    size_t limit;
    uint32_t oldest; /* from 1; 0 for none */
    uint32_t newest;
    size_t unsaved;
    uint64_t lost;
    bool has_forgotten;
};

struct recurrences *
recurrences_new(size_t limit)
{
    struct recurrences *recurrences = MEM_NEW(struct recurrences);
    recurrences->limit = limit;
    return recurrences;
}

void
recurrences_free(struct recurrences *recurrences)
{
    if (recurrences) {
        mem_free(recurrences->entries);
        mem_free(recurrences->heads);
        mem_free(recurrences);
    }
}

void
recurrences_set_key(struct recurrences *recurrences, const struct keyed *key)
{
    recurrences->key = *key;
}

void
recurrences_set_lookup(struct recurrences *recurrences,
                       recurrence_lookup *lookup, void *ctx)
{
    recurrences->lookup = lookup;
    recurrences->ctx = ctx;
}

int64_t
recurrence_slack(int64_t age)
{
    /* As k8s.io/apimachinery's HumanDuration() cuts them. */
    static const struct {
        int64_t below;
        int64_t slack;
    } rows[] = {
        {10 * STAMP_MINUTE, STAMP_SECOND},
        {8 * STAMP_HOUR, STAMP_MINUTE},
        {8 * STAMP_DAY, STAMP_HOUR},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (age < rows[i].below) {
            return rows[i].slack + STAMP_SECOND;
        }
    }
    return STAMP_DAY;
}

void
recurrence_name(const struct recurrence *entry, char text[EVENT_NAME_TEXT])
{
    const struct event_name name = {{entry->word[0], entry->word[1]},
                                    entry->kind};
    event_name_write(&name, text);
}

/* Uids are others' choice, so where an entry stands depends on the key. */
static uint32_t *
head_of(const struct recurrences *recurrences, const uint64_t word[2])
{
    const struct slice name = {(const char *)word, 2 * sizeof(*word)};
    uint64_t hash = keyed_hash(&recurrences->key, name);
    return &recurrences->heads[hash % recurrences->room];
}

static void
put_in_chain(struct recurrences *recurrences, uint32_t at)
{
    struct recurrence *entry = &recurrences->entries[at - 1];
    uint32_t *head = head_of(recurrences, entry->word);
    entry->next = *head;
    *head = at;
}

static void
grow(struct recurrences *recurrences)
{
    size_t room = recurrences->room + recurrences->room / 2 + ROOM_FIRST;
    room = room < recurrences->limit ? room : recurrences->limit;
    recurrences->entries = mem_resize_array(recurrences->entries, room,
                                            sizeof(*recurrences->entries));
    mem_free(recurrences->heads);
    recurrences->heads = mem_new(room * sizeof(*recurrences->heads));
    recurrences->room = room;
    for (size_t i = 0; i < recurrences->count; i++) {
        put_in_chain(recurrences, (uint32_t)i + 1);
    }
}

static void
take_out(struct recurrences *recurrences, uint32_t at)
{
    const struct recurrence *entry = &recurrences->entries[at - 1];
    if (entry->older > 0) {
        recurrences->entries[entry->older - 1].newer = entry->newer;
    } else {
        recurrences->oldest = entry->newer;
    }
    if (entry->newer > 0) {
        recurrences->entries[entry->newer - 1].older = entry->older;
    } else {
        recurrences->newest = entry->older;
    }
}

static void
put_newest(struct recurrences *recurrences, uint32_t at)
{
    struct recurrence *entry = &recurrences->entries[at - 1];
    entry->newer = 0;
    entry->older = recurrences->newest;
    if (recurrences->newest > 0) {
        recurrences->entries[recurrences->newest - 1].newer = at;
    } else {
        recurrences->oldest = at;
    }
    recurrences->newest = at;
}

static struct recurrence *
find(struct recurrences *recurrences, const struct event_name *name)
{
    uint32_t at = recurrences->room > 0 ? *head_of(recurrences, name->word) : 0;
    while (at > 0) {
        struct recurrence *entry = &recurrences->entries[at - 1];
        if (entry->word[0] == name->word[0] && entry->word[1] == name->word[1]
            && entry->kind == name->kind) {
            take_out(recurrences, at);
            put_newest(recurrences, at);
            return entry;
        }
        at = entry->next;
    }
    return NULL;
}

/* The number of an entry that is not in use any more. */
static uint32_t
make_room(struct recurrences *recurrences)
{
    uint32_t at = recurrences->oldest;
    const struct recurrence *entry = &recurrences->entries[at - 1];
    uint32_t *link = head_of(recurrences, entry->word);
    while (*link != at) {
        link = &recurrences->entries[*link - 1].next;
    }
    *link = entry->next;
    take_out(recurrences, at);
    recurrences->has_forgotten = true;
    if (!entry->is_saved) {
        recurrences->unsaved--;
        recurrences->lost++;
    }
    return at;
}

static struct recurrence *
add(struct recurrences *recurrences, const struct event_name *name)
{
    uint32_t at = (uint32_t)recurrences->count + 1;
    if (recurrences->count == recurrences->limit) {
        at = make_room(recurrences);
    } else {
        if (recurrences->count == recurrences->room) {
            grow(recurrences);
        }
        recurrences->count++;
    }
    struct recurrence *entry = &recurrences->entries[at - 1];
    *entry = (struct recurrence){
        .word = {name->word[0], name->word[1]},
        .kind = name->kind,
        .is_saved = true,
    };
    if (recurrences->lookup) {
        (void)recurrences->lookup(recurrences->ctx, entry);
    }
    put_in_chain(recurrences, at);
    put_newest(recurrences, at);
    return entry;
}

static void
touch(struct recurrences *recurrences, struct recurrence *known)
{
    recurrences->unsaved += known->is_saved;
    known->is_saved = false;
}

/* A row is younger than all that was counted of it, as far as ages tell. */
static bool
is_later(const struct recurrence *known, const struct record *record,
         int64_t now)
{
    int64_t at = record->stamp.us;
    if (record->stamp.trust == STAMP_MISSING || known->last_at == 0) {
        return false;
    }
    if (record->stamp.trust != STAMP_APPROXIMATE) {
        return at > known->last_at;
    }
    bool is_of_one_watch = now - known->seen_at <= at_once
                        && now - at <= at_once && at >= known->last_at;
    return is_of_one_watch
        || at - known->last_at
               > recurrence_slack(now - at)
                     + recurrence_slack(known->seen_at - known->last_at);
}

/* What is new in a record of an event that was counted before. */
static uint64_t
fresh_of(const struct recurrence *known, const struct record *record,
         int64_t now, uint64_t *base)
{
    uint64_t count = record->count > 0 ? record->count : 1;
    *base = known->count;
    if (count > known->count) {
        return count - known->count;
    }
    /* Of a row nobody knows which event it is: this may be the next one. */
    if (record->identity.len == 0 && is_later(known, record, now)) {
        *base = 0;
        return count;
    }
    return 0;
}

static struct growth
first_sight(struct recurrences *recurrences, struct recurrence *entry,
            const struct record *record, bool is_replay)
{
    uint64_t count = record->count > 0 ? record->count : 1;
    struct growth growth = {.is_event = true,
                            .since = record->first_seen,
                            .first = record->first_seen};
    *(is_replay ? &growth.old : &growth.fresh) = count;
    entry->count = count;
    entry->heard = count;
    if (!is_replay) {
        touch(recurrences, entry);
    }
    return growth;
}

static struct growth
next_sight(struct recurrences *recurrences, struct recurrence *known,
           const struct record *record, int64_t now, bool is_replay)
{
    uint64_t base;
    uint64_t count = record->count > 0 ? record->count : 1;
    uint64_t fresh = fresh_of(known, record, now, &base);
    struct growth growth = {
        .is_event = true, .fresh = fresh, .since = known->last_at};
    if (fresh > 0) {
        known->heard = base + fresh;
        known->count = base + fresh;
        touch(recurrences, known);
    } else if (count > known->heard) {
        growth.old = count - known->heard;
        growth.since = record->first_seen;
        growth.first = record->first_seen;
        known->heard = count;
    }
    if (is_replay) {
        growth.old += growth.fresh;
        growth.fresh = 0;
    }
    return growth;
}

struct growth
recurrences_take(struct recurrences *recurrences, const struct record *record,
                 int64_t now, bool is_replay)
{
    struct event_name name;
    struct growth growth;
    if (!event_name_of(&recurrences->key, record, &name)) {
        return (struct growth){.is_event = false};
    }
    struct recurrence *known = find(recurrences, &name);
    if (!known) {
        known = add(recurrences, &name);
    }
    bool is_first = known->count == 0;
    growth = is_first ? first_sight(recurrences, known, record, is_replay)
                      : next_sight(recurrences, known, record, now, is_replay);
    bool is_stale = now - known->seen_at > refresh;
    if (is_first || growth.fresh > 0 || is_stale) {
        if (record->stamp.us > known->last_at) {
            known->last_at = record->stamp.us;
        }
        known->seen_at = now;
    }
    if (is_stale && !is_replay) {
        touch(recurrences, known);
    }
    return growth;
}

void
recurrences_renew(struct recurrences *recurrences)
{
    for (size_t i = 0; i < recurrences->count; i++) {
        recurrences->entries[i].is_saved = false;
    }
    recurrences->unsaved = recurrences->count;
}

bool
recurrences_is_full(const struct recurrences *recurrences)
{
    return recurrences->unsaved * 2 >= recurrences->limit;
}

bool
recurrences_has_forgotten(const struct recurrences *recurrences)
{
    return recurrences->has_forgotten;
}

uint64_t
recurrences_lost(const struct recurrences *recurrences)
{
    return recurrences->lost;
}

struct recurrence *
recurrences_unsaved(struct recurrences *recurrences, size_t *cursor)
{
    while (*cursor < recurrences->count) {
        struct recurrence *entry = &recurrences->entries[(*cursor)++];
        if (!entry->is_saved) {
            return entry;
        }
    }
    return NULL;
}

void
recurrences_mark(struct recurrences *recurrences)
{
    for (size_t i = 0; recurrences->unsaved > 0 && i < recurrences->count;
         i++) {
        struct recurrence *entry = &recurrences->entries[i];
        recurrences->unsaved -= !entry->is_saved;
        entry->is_saved = true;
    }
}
