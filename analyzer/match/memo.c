/* SPDX-License-Identifier: Apache-2.0 */
#include "match/memo.h"

#include "base/buf.h"
#include "base/keyed.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

enum {
    SETS = 2048,
    WAYS = 4,
    SLOTS = SETS * WAYS,
};

/* A known fact; its text lies behind that of the fact before. */
struct known {
    uint8_t fact;
    uint32_t len;
};

static_assert(FACTS <= UINT8_MAX, "a fact's number is a byte");

struct slot {
    uint64_t hash;
    unsigned of_record; /* the owners that its facts have as they are */
    char *bytes;        /* the key, then the facts' texts; NULL: free */
    size_t key_len;
    size_t len;
    struct known *facts;
    size_t fact_count;
    struct finding finding; /* but for its facts */
};

/* Where a record says whose it is, and the facts that this is. */
enum {
    OWNERS = 5
};

static const enum fact owner_facts[OWNERS] = {
    FACT_NAMESPACE, FACT_POD, FACT_POD_UID, FACT_CONTAINER, FACT_NODE,
};

static void
read_owners(const struct record *record, struct slice owners[OWNERS])
{
    owners[0] = record->namespace;
    owners[1] = record->pod;
    owners[2] = record->pod_uid;
    owners[3] = record->container;
    owners[4] = record->node;
}

/* What a slot keeps is allocated with it; most are never used. */
struct memo {
    struct slot *slots[SLOTS];
    uint8_t turn[SETS]; /* the way that gives place next */
    size_t hand;        /* the slot that gives place next for want of bytes */
    size_t count;
    size_t bytes;
    bool asks_of_whom;
    struct buf key; /* of the record last sought */
    uint64_t hash;
};

struct memo *
memo_new(bool asks_of_whom)
{
    struct memo *memo = MEM_NEW(struct memo);
    memo->asks_of_whom = asks_of_whom;
    return memo;
}

bool
memo_is_of_whom(enum fact fact)
{
    for (size_t i = 0; i < OWNERS; i++) {
        if (owner_facts[i] == fact) {
            return true;
        }
    }
    return false;
}

static void
forget(struct memo *memo, size_t index)
{
    struct slot *slot = memo->slots[index];
    if (!slot) {
        return;
    }
    memo->bytes -= slot->len;
    memo->count--;
    mem_free(slot->bytes);
    mem_free(slot->facts);
    mem_free(slot);
    memo->slots[index] = NULL;
}

void
memo_free(struct memo *memo)
{
    if (memo) {
        for (size_t i = 0; i < SLOTS; i++) {
            forget(memo, i);
        }
        buf_free(&memo->key);
        mem_free(memo);
    }
}

static void
add_text(struct memo *memo, struct slice text)
{
    uint32_t len = (uint32_t)text.len;
    buf_add(&memo->key, slice_of((const char *)&len, sizeof(len)));
    buf_add(&memo->key, text);
}

/*
 * All that is read of a record, each with its length before it, so that no two
 * records have one key.
 */
static void
write_key(struct memo *memo, const struct record *record)
{
    const struct slice texts[] = {
        record->message, record->error,  record->unit,
        record->file,    record->reason, record->kind,
        record->image,   record->secret, record->host,
    };
    struct slice owners[OWNERS];
    read_owners(record, owners);
    buf_clear(&memo->key);
    buf_add_byte(&memo->key, (char)record->format);
    buf_add_byte(&memo->key, (char)record->level);
    for (size_t i = 0; i < COUNT(texts); i++) {
        add_text(memo, texts[i]);
    }
    for (size_t i = 0; i < OWNERS; i++) {
        if (memo->asks_of_whom) {
            add_text(memo, owners[i]);
        } else {
            buf_add_byte(&memo->key, owners[i].len > 0 ? '1' : '0');
        }
    }
}

static void
recall(const struct slot *slot, const struct record *record,
       struct finding *finding)
{
    struct slice owners[OWNERS];
    const char *text = slot->bytes + slot->key_len;
    *finding = slot->finding;
    for (size_t i = 0; i < slot->fact_count; i++) {
        const struct known *known = &slot->facts[i];
        finding->facts.value[known->fact] = slice_of(text, known->len);
        text += known->len;
    }
    read_owners(record, owners);
    for (size_t i = 0; i < OWNERS; i++) {
        if ((slot->of_record >> i & 1) != 0) {
            finding->facts.value[owner_facts[i]] = owners[i];
        }
    }
}

bool
memo_find(struct memo *memo, const struct record *record,
          struct finding *finding)
{
    static const struct keyed key = {{0, 0}};
    write_key(memo, record);
    memo->hash = keyed_hash(&key, buf_slice(&memo->key));
    struct slot *const *set = &memo->slots[memo->hash % SETS * WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        const struct slot *slot = set[i];
        if (slot && slot->hash == memo->hash
            && slice_equal(slice_of(slot->bytes, slot->key_len),
                           buf_slice(&memo->key))) {
            recall(slot, record, finding);
            return true;
        }
    }
    return false;
}

/* A free way of the set, or the one whose turn it is. */
static size_t
place(struct memo *memo)
{
    size_t set = memo->hash % SETS;
    for (size_t i = 0; i < WAYS; i++) {
        if (!memo->slots[set * WAYS + i]) {
            return set * WAYS + i;
        }
    }
    return set * WAYS + memo->turn[set]++ % WAYS;
}

static size_t
facts_len(const struct facts *facts, size_t *count)
{
    size_t len = 0;
    *count = 0;
    for (size_t i = 0; i < FACTS; i++) {
        *count += facts->value[i].len > 0;
        len += facts->value[i].len;
    }
    return len;
}

static struct slot *
new_slot(const struct memo *memo, const struct finding *finding, size_t len,
         size_t count)
{
    struct slot *slot = MEM_NEW(struct slot);
    slot->hash = memo->hash;
    slot->bytes = mem_resize(NULL, len);
    slot->key_len = memo->key.len;
    slot->len = len;
    slot->facts = mem_resize_array(NULL, count + 1, sizeof(*slot->facts));
    slot->finding = *finding;
    slot->finding.facts = (struct facts){0};
    memcpy(slot->bytes, memo->key.data, memo->key.len);
    char *to = slot->bytes + slot->key_len;
    for (size_t i = 0; i < FACTS; i++) {
        struct slice value = finding->facts.value[i];
        if (value.len > 0) {
            slot->facts[slot->fact_count++] =
                (struct known){(uint8_t)i, (uint32_t)value.len};
            memcpy(to, value.data, value.len);
            to += value.len;
        }
    }
    return slot;
}

/* A fact is the record's own, not one of its message that says the same. */
static unsigned
find_owners(const struct record *record, const struct facts *facts)
{
    struct slice owners[OWNERS];
    unsigned found = 0;
    read_owners(record, owners);
    for (size_t i = 0; i < OWNERS; i++) {
        struct slice value = facts->value[owner_facts[i]];
        bool is_own = value.len > 0 && value.data == owners[i].data
                   && value.len == owners[i].len;
        found |= (unsigned)is_own << i;
    }
    return found;
}

void
memo_add(struct memo *memo, const struct record *record,
         const struct finding *finding)
{
    size_t count;
    size_t len = memo->key.len + facts_len(&finding->facts, &count);
    if (len > MEMO_LARGEST) {
        return;
    }
    while (memo->bytes + len > MEMO_BYTES) {
        forget(memo, memo->hand);
        memo->hand = (memo->hand + 1) % SLOTS;
    }
    size_t index = place(memo);
    forget(memo, index);
    memo->slots[index] = new_slot(memo, finding, len, count);
    memo->slots[index]->of_record = find_owners(record, &finding->facts);
    memo->bytes += len;
    memo->count++;
}

size_t
memo_count(const struct memo *memo)
{
    return memo->count;
}
