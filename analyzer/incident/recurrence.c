/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/recurrence.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ROOM_FIRST = 64,
};

/* A look of this age at an entry is noted, so that it is not pruned. */
static const int64_t refresh = STAMP_DAY;
/* Two rows of one watch: both happened just now, and were read at once. */
static const int64_t at_once = 2 * STAMP_SECOND;

struct entry {
    struct recurrence recurrence;
    uint32_t hash;
    uint32_t next;  /* of its chain, from 1; 0 at the end */
    uint32_t older; /* in order of use, likewise */
    uint32_t newer;
};

struct recurrences {
    struct keyed key;
    recurrence_lookup *lookup;
    void *ctx;
    struct entry *entries;
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

/* Each part with its length, so that no two rows have one text. */
static uint64_t
hash_row(const struct keyed *key, const struct record *record, uint64_t hash)
{
    const struct slice parts[] = {
        record->namespace, record->kind,   record->pod,    record->node,
        record->container, record->reason, record->message};
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct keyed next = {{key->word[0] ^ hash, key->word[1]}};
        hash = keyed_hash(&next, parts[i]);
    }
    return hash;
}

static void
name_hash(const char *kind, const uint64_t hash[2], char name[RECURRENCE_NAME])
{
    snprintf(name, RECURRENCE_NAME, "%s:%016" PRIx64 "%016" PRIx64, kind,
             hash[0], hash[1]);
}

/* Writes the name of an event; false if the record is of no event. */
static bool
name_of(const struct recurrences *recurrences, const struct record *record,
        char name[RECURRENCE_NAME])
{
    const struct keyed *key = &recurrences->key;
    const struct keyed other = {{key->word[1], ~key->word[0]}};
    struct slice uid = record->identity;
    if (uid.len > 0 && uid.len < RECURRENCE_NAME
        && slice_find_byte(uid, '\0') == SLICE_NONE) {
        memcpy(name, uid.data, uid.len);
        name[uid.len] = '\0';
        return true;
    }
    if (uid.len > 0) {
        const uint64_t hash[2] = {keyed_hash(key, uid),
                                  keyed_hash(&other, uid)};
        name_hash("uid", hash, name);
        return true;
    }
    if (record->format != FORMAT_EVENT && record->format != FORMAT_COLUMNS
        && record->format != FORMAT_DESCRIBE) {
        return false;
    }
    const uint64_t hash[2] = {hash_row(key, record, 0),
                              hash_row(&other, record, 0)};
    name_hash("row", hash, name);
    return true;
}

static uint32_t *
head_of(const struct recurrences *recurrences, uint32_t hash)
{
    return &recurrences->heads[hash % recurrences->room];
}

static void
grow(struct recurrences *recurrences)
{
    size_t room = recurrences->room > 0 ? recurrences->room * 2 : ROOM_FIRST;
    room = room < recurrences->limit ? room : recurrences->limit;
    recurrences->entries = mem_resize_array(recurrences->entries, room,
                                            sizeof(*recurrences->entries));
    mem_free(recurrences->heads);
    recurrences->heads = mem_new(room * sizeof(*recurrences->heads));
    recurrences->room = room;
    for (size_t i = 0; i < recurrences->count; i++) {
        uint32_t *head = head_of(recurrences, recurrences->entries[i].hash);
        recurrences->entries[i].next = *head;
        *head = (uint32_t)i + 1;
    }
}

static void
take_out(struct recurrences *recurrences, uint32_t at)
{
    const struct entry *entry = &recurrences->entries[at - 1];
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
    struct entry *entry = &recurrences->entries[at - 1];
    entry->newer = 0;
    entry->older = recurrences->newest;
    if (recurrences->newest > 0) {
        recurrences->entries[recurrences->newest - 1].newer = at;
    } else {
        recurrences->oldest = at;
    }
    recurrences->newest = at;
}

static struct entry *
find(struct recurrences *recurrences, const char *name, uint32_t hash)
{
    uint32_t at = recurrences->room > 0 ? *head_of(recurrences, hash) : 0;
    while (at > 0) {
        struct entry *entry = &recurrences->entries[at - 1];
        if (entry->hash == hash && strcmp(entry->recurrence.name, name) == 0) {
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
    struct entry *entry = &recurrences->entries[at - 1];
    uint32_t *link = head_of(recurrences, entry->hash);
    while (*link != at) {
        link = &recurrences->entries[*link - 1].next;
    }
    *link = entry->next;
    take_out(recurrences, at);
    recurrences->has_forgotten = true;
    if (!entry->recurrence.is_saved) {
        recurrences->unsaved--;
        recurrences->lost++;
    }
    return at;
}

static struct entry *
add(struct recurrences *recurrences, const char *name, uint32_t hash)
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
    struct entry *entry = &recurrences->entries[at - 1];
    *entry = (struct entry){.hash = hash};
    memcpy(entry->recurrence.name, name, RECURRENCE_NAME);
    entry->recurrence.is_saved = true;
    if (recurrences->lookup) {
        (void)recurrences->lookup(recurrences->ctx, &entry->recurrence);
    }
    uint32_t *head = head_of(recurrences, hash);
    entry->next = *head;
    *head = at;
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
    struct growth growth = {.is_event = true, .since = record->first_seen};
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
    char name[RECURRENCE_NAME] = "";
    struct growth growth;
    if (!name_of(recurrences, record, name)) {
        return (struct growth){.is_event = false};
    }
    uint32_t hash = (uint32_t)keyed_hash(&recurrences->key, slice_from(name));
    struct entry *entry = find(recurrences, name, hash);
    if (!entry) {
        entry = add(recurrences, name, hash);
    }
    struct recurrence *known = &entry->recurrence;
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
        recurrences->entries[i].recurrence.is_saved = false;
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
        struct recurrence *entry =
            &recurrences->entries[(*cursor)++].recurrence;
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
        struct recurrence *entry = &recurrences->entries[i].recurrence;
        recurrences->unsaved -= !entry->is_saved;
        entry->is_saved = true;
    }
}
