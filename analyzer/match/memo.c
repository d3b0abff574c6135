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

/* A record's texts; the same records have the same ones. */
enum {
    TEXTS = 9,
    OWN = TEXTS, /* what was found elsewhere: the slot has it */
};

/* A known fact, and where its text stands. */
struct told {
    uint8_t fact;
    uint8_t text; /* the record's, or OWN */
    uint16_t at;
    uint16_t len;
};

static_assert(FACTS <= UINT8_MAX, "a fact's number is a byte");
static_assert(FINDING_ALSO <= UINT8_MAX, "so is how many causes there are");
static_assert(FINDING_NOTE <= UINT8_MAX, "and what kind of finding it is");
static_assert(MEMO_LARGEST <= UINT16_MAX, "a place in a text is two bytes");

/*
 * One allocation: behind it the other causes, what is known, and the texts of
 * its own.
 */
struct slot {
    struct token token;
    const struct cause *cause;
    const struct look *look;
    uint8_t kind; /* and all else of a finding, but for its facts */
    bool was_there;
    uint8_t also_count;
    uint8_t of_record; /* the owners that its facts have as they are */
    uint8_t fact_count;
    const struct cause *also[];
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

static void
read_texts(const struct record *record, struct slice texts[TEXTS])
{
    texts[0] = record->message;
    texts[1] = record->error;
    texts[2] = record->unit;
    texts[3] = record->file;
    texts[4] = record->reason;
    texts[5] = record->kind;
    texts[6] = record->image;
    texts[7] = record->secret;
    texts[8] = record->host;
}

/*
 * All that is read of a record, each with its length before it, so that no two
 * records have one key.
 */
static void
write_key(struct memo *memo, const struct record *record)
{
    struct slice texts[TEXTS];
    struct slice owners[OWNERS];
    read_texts(record, texts);
    read_owners(record, owners);
    buf_clear(&memo->key);
    buf_add_byte(&memo->key, (char)record->format);
    buf_add_byte(&memo->key, (char)record->level);
    for (size_t i = 0; i < TEXTS; i++) {
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

static struct told *
told_of(struct slot *slot)
{
    return (struct told *)(void *)(slot->also + slot->also_count);
}

static char *
own_text(struct slot *slot)
{
    return (char *)(told_of(slot) + slot->fact_count);
}

static void
recall(struct slot *slot, const struct record *record, struct finding *finding)
{
    const struct told *told = told_of(slot);
    struct slice owners[OWNERS];
    struct slice texts[TEXTS];
    const char *from[TEXTS + 1] = {[OWN] = own_text(slot)};
    *finding = (struct finding){
        .kind = (enum finding_kind)slot->kind,
        .was_there = slot->was_there,
        .cause = slot->cause,
        .look = slot->look,
        .also_count = slot->also_count,
    };
    memcpy(finding->also, slot->also,
           slot->also_count * sizeof(struct cause *));
    read_texts(record, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        from[i] = texts[i].data;
    }
    for (size_t i = 0; i < slot->fact_count; i++) {
        finding->facts.value[told[i].fact] =
            slice_of(from[told[i].text] + told[i].at, told[i].len);
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
    struct slot *slot = shelf_find(memo->slots, token_hash(memo->token));
    if (!slot || !token_equal(slot->token, memo->token)) {
        return false;
    }
    recall(slot, record, finding);
    return true;
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

/* Whether the text stands within the other one's memory, and where. */
static bool
is_within(struct slice text, struct slice whole, size_t *at)
{
    *at = (uintptr_t)text.data - (uintptr_t)whole.data;
    return *at < whole.len && text.len <= whole.len - *at;
}

/* What is being added: the facts, and the texts that it has to keep. */
struct draft {
    struct told told[FACTS];
    size_t count;
    struct slice whole[FACTS]; /* each kept once, one behind the other */
    size_t whole_count;
    size_t len; /* of all of these */
};

/* In one of the record's texts, or in one that is kept already, or by itself */
static struct told
place(struct draft *draft, const struct record *record, struct slice value)
{
    struct slice texts[TEXTS];
    size_t before = 0;
    size_t at;
    read_texts(record, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        if (is_within(value, texts[i], &at)) {
            return (struct told){.text = (uint8_t)i, .at = (uint16_t)at};
        }
    }
    for (size_t i = 0; i < draft->whole_count; i++) {
        if (is_within(value, draft->whole[i], &at)) {
            return (struct told){.text = OWN, .at = (uint16_t)(before + at)};
        }
        before += draft->whole[i].len;
    }
    draft->whole[draft->whole_count++] = value;
    draft->len += value.len;
    return (struct told){.text = OWN, .at = (uint16_t)before};
}

static bool
is_of_record(enum fact fact, unsigned owners)
{
    for (size_t i = 0; i < OWNERS; i++) {
        if (owner_facts[i] == fact) {
            return (owners >> i & 1) != 0;
        }
    }
    return false;
}

static void
draw_up(struct draft *draft, const struct record *record,
        const struct facts *facts, unsigned owners)
{
    for (int i = 0; i < FACTS; i++) {
        struct slice value = facts->value[i];
        if (value.len > 0 && !is_of_record((enum fact)i, owners)) {
            struct told told = place(draft, record, value);
            told.fact = (uint8_t)i;
            told.len = (uint16_t)value.len;
            draft->told[draft->count++] = told;
        }
    }
}

static void
put(struct memo *memo, const struct record *record,
    const struct finding *finding)
{
    unsigned owners = find_owners(record, &finding->facts);
    struct draft draft = {.count = 0};
    draw_up(&draft, record, &finding->facts, owners);
    size_t size = sizeof(struct slot)
                + finding->also_count * sizeof(struct cause *)
                + draft.count * sizeof(struct told) + draft.len;
    struct slot *slot = mem_resize(NULL, size);
    *slot = (struct slot){
        .token = memo->token,
        .kind = (uint8_t)finding->kind,
        .was_there = finding->was_there,
        .also_count = (uint8_t)finding->also_count,
        .of_record = (uint8_t)owners,
        .fact_count = (uint8_t)draft.count,
        .cause = finding->cause,
        .look = finding->look,
    };
    memcpy(slot->also, finding->also,
           finding->also_count * sizeof(struct cause *));
    memcpy(told_of(slot), draft.told, draft.count * sizeof(struct told));
    char *to = own_text(slot);
    for (size_t i = 0; i < draft.whole_count; i++) {
        memcpy(to, draft.whole[i].data, draft.whole[i].len);
        to += draft.whole[i].len;
    }
    shelf_put(memo->slots, token_hash(memo->token), slot, size);
}

void
memo_add(struct memo *memo, const struct record *record,
         const struct finding *finding)
{
    size_t len = memo->key.len;
    for (size_t i = 0; i < FACTS; i++) {
        len += finding->facts.value[i].len;
    }
    if (len <= MEMO_LARGEST) {
        put(memo, record, finding);
    }
}

size_t
memo_count(const struct memo *memo)
{
    return shelf_count(memo->slots);
}
