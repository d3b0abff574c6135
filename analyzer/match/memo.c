/* SPDX-License-Identifier: Apache-2.0 */
#include "match/memo.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/shelf.h"

#include <assert.h>
#include <string.h>

enum {
    SETS = 1024,
};

/* A known fact; its text lies behind that of the fact before. */
struct known {
    uint8_t fact;
    uint32_t len;
};

static_assert(FACTS <= UINT8_MAX, "a fact's number is a byte");
static_assert(FINDING_ALSO <= UINT8_MAX, "so is how many causes there are");

/* One allocation: behind it what is known, and the facts' texts. */
struct slot {
    struct token token;
    enum finding_kind kind; /* and all else of a finding, but for its facts */
    bool was_there;
    uint8_t also_count;
    uint8_t of_record; /* the owners that its facts have as they are */
    const struct cause *cause;
    const struct look *look;
    const struct cause *also[FINDING_ALSO];
    const char *bytes;
    size_t fact_count;
    struct known facts[];
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

struct memo {
    struct shelf *slots;
    bool asks_of_whom;
    struct buf key; /* of the record last sought */
    struct token_key *secret;
    struct token token; /* of that key, unless it is too long */
};

struct memo *
memo_new(bool asks_of_whom, const struct keyed *secret)
{
    struct memo *memo = MEM_NEW(struct memo);
    memo->secret = token_key_new(secret);
    memo->slots = shelf_new(SETS, MEMO_BYTES);
    memo->asks_of_whom = asks_of_whom;
    return memo;
}

void
memo_free(struct memo *memo)
{
    if (memo) {
        shelf_free(memo->slots);
        buf_free(&memo->key);
        token_key_free(memo->secret);
        mem_free(memo);
    }
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
add_text(struct memo *memo, struct slice text)
{
    uint32_t len = (uint32_t)text.len;
    struct buf *key = &memo->key;
    buf_reserve(key, sizeof(len) + text.len);
    memcpy(key->data + key->len, &len, sizeof(len));
    key->len += sizeof(len);
    if (text.len > 0) {
        memcpy(key->data + key->len, text.data, text.len);
        key->len += text.len;
    }
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
    const char *text = slot->bytes;
    *finding = (struct finding){
        .kind = slot->kind,
        .was_there = slot->was_there,
        .cause = slot->cause,
        .look = slot->look,
        .also_count = slot->also_count,
    };
    memcpy(finding->also, slot->also, sizeof(slot->also));
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
    write_key(memo, record);
    struct slice key = buf_slice(&memo->key);
    if (key.len > MEMO_LARGEST) {
        return false;
    }
    memo->token = token_of(memo->secret, &key, 1);
    const struct slot *slot = shelf_find(memo->slots, token_hash(memo->token));
    if (!slot || !token_equal(slot->token, memo->token)) {
        return false;
    }
    recall(slot, record, finding);
    return true;
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

/* Puts the facts' texts where `to` is. */
static void
keep_facts(struct slot *slot, const struct facts *facts, char *to)
{
    for (size_t i = 0; i < FACTS; i++) {
        struct slice value = facts->value[i];
        if (value.len > 0) {
            slot->facts[slot->fact_count++] =
                (struct known){(uint8_t)i, (uint32_t)value.len};
            memcpy(to, value.data, value.len);
            to += value.len;
        }
    }
}

void
memo_add(struct memo *memo, const struct record *record,
         const struct finding *finding)
{
    size_t count;
    size_t len = facts_len(&finding->facts, &count);
    if (memo->key.len + len > MEMO_LARGEST) {
        return;
    }
    size_t head = sizeof(struct slot) + count * sizeof(struct known);
    struct slot *slot = mem_resize(NULL, head + len);
    char *bytes = (char *)slot + head;
    *slot = (struct slot){
        .token = memo->token,
        .kind = finding->kind,
        .was_there = finding->was_there,
        .also_count = (uint8_t)finding->also_count,
        .of_record = (uint8_t)find_owners(record, &finding->facts),
        .cause = finding->cause,
        .look = finding->look,
        .bytes = bytes,
    };
    memcpy(slot->also, finding->also, sizeof(slot->also));
    keep_facts(slot, &finding->facts, bytes);
    shelf_put(memo->slots, token_hash(memo->token), slot, head + len);
}

size_t
memo_count(const struct memo *memo)
{
    return shelf_count(memo->slots);
}
