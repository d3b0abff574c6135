/* SPDX-License-Identifier: Apache-2.0 */
#include "app/echo.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/shelf.h"

#include <assert.h>
#include <string.h>

enum {
    SETS = 2048,
    ECHO_HOT = offsetof(struct echo, trace) + TRACE_HOT,
    VOICE_BYTES = 64, /* of a message */
};

enum {
    WHAT_UNIT = FACTS,
    WHAT_FILE,
    WHAT_MESSAGE,
    WHAT_REASON,
    WHATS,
};

/* Something that is known; where its text stands among the slot's bytes. */
struct known {
    uint16_t what; /* a fact, or one of these */
    uint16_t at;
    uint16_t len;
};

static_assert(ECHO_HOT <= 2 * MEM_LINE, "so many lines of the cache are read");
static_assert((size_t)ECHO_LARGEST <= UINT16_MAX, "so long is what is kept");

/*
 * One allocation, in which it begins where a line of the cache does: behind it
 * what is known, and its texts.
 */
struct slot {
    struct echo echo; /* first, so that one leads to the other */
    struct known *known;
    size_t known_count;
    char *bytes;
};

struct echoes {
    struct shelf *slots;
    struct ear *ear;
    struct token token; /* of the line that is read */
    struct buf texts;   /* offered with it */
    struct echo offer;
    struct known known[WHATS]; /* of it */
    size_t known_count;
    unsigned offers;
};

struct echoes *
echoes_new(const struct keyed *secret)
{
    struct echoes *echoes = MEM_NEW(struct echoes);
    echoes->ear = ear_new(secret);
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
        ear_free(echoes->ear);
        buf_free(&echoes->texts);
        mem_free(echoes);
    }
}

bool
echoes_ask(struct echoes *echoes, struct slice line, int64_t now,
           struct echo_ask *ask)
{
    struct heard heard;
    if (!ear_hear(echoes->ear, line, now, &heard)) {
        return false;
    }
    echoes_ask_heard(echoes, &heard, ask);
    return true;
}

void
echoes_ask_heard(const struct echoes *echoes, const struct heard *heard,
                 struct echo_ask *ask)
{
    ask->heard = *heard;
    ask->hash = token_hash(heard->token);
    shelf_expect(echoes->slots, ask->hash);
}

void
echoes_expect(const struct echoes *echoes, struct echo_ask *ask)
{
    void *memory = shelf_find(echoes->slots, ask->hash);
    ask->echo = NULL;
    if (memory) {
        struct slot *slot = mem_at_line(memory);
        ask->echo = &slot->echo;
        mem_expect(&slot->echo, ECHO_HOT);
    }
}

struct echo *
echoes_answer(const struct echo_ask *ask)
{
    struct echo *echo = ask->echo;
    return echo && token_equal(echo->token, ask->heard.token) ? echo : NULL;
}

void
echoes_begin(struct echoes *echoes, const struct echo_ask *ask)
{
    echoes->token = ask->heard.token;
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

/* Where it stands among the texts, whose last one it becomes if need be. */
static size_t
put_text(struct echoes *echoes, struct slice text)
{
    size_t at = slice_find(buf_slice(&echoes->texts), text);
    if (at == SLICE_NONE) {
        at = echoes->texts.len;
        buf_add(&echoes->texts, text);
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
    buf_clear(&echoes->texts);
    echoes->offer = *echo;
    for (size_t i = 0; i < FACTS; i++) {
        know(echoes, i, facts->value[i]);
    }
    know(echoes, WHAT_UNIT, slice_before(echo->unit, VOICE_BYTES));
    know(echoes, WHAT_FILE, slice_before(echo->file, VOICE_BYTES));
    know(echoes, WHAT_MESSAGE, slice_before(echo->message, VOICE_BYTES));
    know(echoes, WHAT_REASON, slice_before(echo->reason, VOICE_BYTES));
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

static void
fill(const struct echoes *echoes, struct slot *slot)
{
    size_t known = echoes->known_count * sizeof(struct known);
    *slot = (struct slot){
        .echo = echoes->offer,
        .known = (struct known *)(void *)(slot + 1),
        .known_count = echoes->known_count,
        .bytes = (char *)(slot + 1) + known,
    };
    memcpy(slot->known, echoes->known, known);
    memcpy(slot->bytes, echoes->texts.data, echoes->texts.len);
    slot->echo.token = echoes->token;
    slot->echo.unit = text_of(slot, WHAT_UNIT);
    slot->echo.file = text_of(slot, WHAT_FILE);
    slot->echo.message = text_of(slot, WHAT_MESSAGE);
    slot->echo.reason = text_of(slot, WHAT_REASON);
}

void
echoes_keep(struct echoes *echoes)
{
    if (echoes->offers == 1 && echoes->texts.len <= (size_t)ECHO_LARGEST) {
        size_t size = sizeof(struct slot)
                    + echoes->known_count * sizeof(struct known)
                    + echoes->texts.len + MEM_LINE - 1;
        void *memory = mem_resize(NULL, size);
        fill(echoes, mem_at_line(memory));
        shelf_put(echoes->slots, token_hash(echoes->token), memory, size);
        echoes->offers = 0;
    }
}

size_t
echoes_count(const struct echoes *echoes)
{
    return shelf_count(echoes->slots);
}
