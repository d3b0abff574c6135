/* SPDX-License-Identifier: Apache-2.0 */
#include "app/echo.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/shelf.h"

#include <assert.h>
#include <string.h>

enum {
    SETS = 2048,
    VOICE_BYTES = 64, /* of a message */
};

enum {
    WHAT_UNIT = FACTS,
    WHAT_FILE,
    WHAT_MESSAGE,
    WHATS,
};

/* Something that is known; where its text stands among the slot's bytes. */
struct known {
    uint16_t what; /* a fact, or one of these */
    uint16_t at;
    uint16_t len;
};

static_assert((size_t)ECHO_LARGEST <= UINT16_MAX, "so long is what is kept");

/* One allocation: behind it what is known, the key, and texts it lacks. */
struct slot {
    struct echo echo; /* first, so that one leads to the other */
    size_t size;
    struct known *known;
    size_t known_count;
    char *bytes;
    size_t key_len;
};

struct echoes {
    struct shelf *slots;
    struct buf
        key; /* of the line last looked for, then texts offered with it */
    size_t key_len;
    uint64_t hash;
    struct echo offer;
    struct known known[WHATS]; /* of it */
    size_t known_count;
    unsigned offers;
};

struct echoes *
echoes_new(void)
{
    struct echoes *echoes = MEM_NEW(struct echoes);
    echoes->slots = shelf_new(SETS, ECHO_BYTES);
    return echoes;
}

void
echoes_clear(struct echoes *echoes)
{
    shelf_clear(echoes->slots);
}

void
echoes_free(struct echoes *echoes)
{
    if (echoes) {
        shelf_free(echoes->slots);
        buf_free(&echoes->key);
        mem_free(echoes);
    }
}

static uint64_t
hash_of(const struct stamped *stamped)
{
    uint64_t hash = stamped->count;
    for (size_t i = 0; i < stamped->count; i++) {
        hash = slice_mix(stamped->parts[i], hash);
    }
    return hash;
}

bool
echoes_ask(const struct echoes *echoes, struct slice line, int64_t now,
           struct echo_ask *ask)
{
    ask->len = line.len;
    if (line.len > ECHO_LARGEST || !stamped_read(line, now, &ask->stamped)) {
        return false;
    }
    ask->hash = hash_of(&ask->stamped);
    shelf_expect(echoes->slots, ask->hash);
    return true;
}

void
echoes_expect(const struct echoes *echoes, const struct echo_ask *ask)
{
    const struct slot *slot = shelf_find(echoes->slots, ask->hash);
    if (slot) {
        mem_expect(slot, sizeof(*slot) + ask->len);
    }
}

/* The key is the parts, each with its length before it. */
static bool
is_key(struct slice key, const struct stamped *stamped)
{
    for (size_t i = 0; i < stamped->count; i++) {
        struct slice part = stamped->parts[i];
        uint32_t len;
        if (key.len < sizeof(len) + part.len) {
            return false;
        }
        memcpy(&len, key.data, sizeof(len));
        key = slice_after(key, sizeof(len));
        if (len != part.len || !slice_starts(key, part)) {
            return false;
        }
        key = slice_after(key, len);
    }
    return key.len == 0;
}

struct echo *
echoes_answer(const struct echoes *echoes, const struct echo_ask *ask)
{
    struct slot *slot = shelf_find(echoes->slots, ask->hash);
    return slot && is_key(slice_of(slot->bytes, slot->key_len), &ask->stamped)
             ? &slot->echo
             : NULL;
}

void
echoes_begin(struct echoes *echoes, const struct echo_ask *ask)
{
    const struct stamped *stamped = &ask->stamped;
    buf_clear(&echoes->key);
    for (size_t i = 0; i < stamped->count; i++) {
        uint32_t len = (uint32_t)stamped->parts[i].len;
        buf_add(&echoes->key, slice_of((const char *)&len, sizeof(len)));
        buf_add(&echoes->key, stamped->parts[i]);
    }
    echoes->key_len = echoes->key.len;
    echoes->hash = ask->hash;
    echoes->offers = 0;
}

void
echo_facts(const struct echo *echo, struct facts *facts)
{
    const struct slot *slot = (const struct slot *)(const void *)echo;
    memset(facts, 0, sizeof(*facts));
    for (size_t i = 0; i < slot->known_count; i++) {
        const struct known *known = &slot->known[i];
        if (known->what < FACTS) {
            facts->value[known->what] =
                slice_of(slot->bytes + known->at, known->len);
        }
    }
}

/* Where a text stands in the key, or behind it, where it is put if need be. */
static size_t
put_text(struct echoes *echoes, struct slice text)
{
    size_t at = slice_find(buf_slice(&echoes->key), text);
    if (at == SLICE_NONE) {
        at = echoes->key.len;
        buf_add(&echoes->key, text);
    }
    return at;
}

static void
know(struct echoes *echoes, size_t what, struct slice text)
{
    if (text.len > 0) {
        echoes->known[echoes->known_count++] = (struct known){
            .what = (uint16_t)what,
            .at = (uint16_t)put_text(echoes, text),
            .len = (uint16_t)text.len,
        };
    }
}

void
echoes_offer(struct echoes *echoes, const struct echo *echo,
             const struct facts *facts)
{
    if (echoes->offers++ > 0) {
        return;
    }
    echoes->known_count = 0;
    echoes->offer = *echo;
    for (size_t i = 0; i < FACTS; i++) {
        know(echoes, i, facts->value[i]);
    }
    know(echoes, WHAT_UNIT, slice_before(echo->unit, VOICE_BYTES));
    know(echoes, WHAT_FILE, slice_before(echo->file, VOICE_BYTES));
    know(echoes, WHAT_MESSAGE, slice_before(echo->message, VOICE_BYTES));
}

static struct slice
text_of(const struct slot *slot, size_t what)
{
    for (size_t i = 0; i < slot->known_count; i++) {
        if (slot->known[i].what == what) {
            return slice_of(slot->bytes + slot->known[i].at,
                            slot->known[i].len);
        }
    }
    return slice_of("", 0);
}

static struct slot *
new_slot(const struct echoes *echoes)
{
    size_t known = echoes->known_count * sizeof(struct known);
    size_t size = sizeof(struct slot) + known + echoes->key.len;
    struct slot *slot = mem_resize(NULL, size);
    *slot = (struct slot){
        .echo = echoes->offer,
        .size = size,
        .known = (struct known *)(void *)(slot + 1),
        .known_count = echoes->known_count,
        .bytes = (char *)(slot + 1) + known,
        .key_len = echoes->key_len,
    };
    memcpy(slot->known, echoes->known, known);
    memcpy(slot->bytes, echoes->key.data, echoes->key.len);
    slot->echo.unit = text_of(slot, WHAT_UNIT);
    slot->echo.file = text_of(slot, WHAT_FILE);
    slot->echo.message = text_of(slot, WHAT_MESSAGE);
    return slot;
}

void
echoes_keep(struct echoes *echoes)
{
    if (echoes->offers == 1 && echoes->key.len <= (size_t)ECHO_LARGEST) {
        struct slot *slot = new_slot(echoes);
        shelf_put(echoes->slots, echoes->hash, slot, slot->size);
        echoes->offers = 0;
    }
}

size_t
echoes_count(const struct echoes *echoes)
{
    return shelf_count(echoes->slots);
}
