/* SPDX-License-Identifier: Apache-2.0 */
#include "match/lexicon.h"

#include "base/mem.h"

#include <assert.h>
#include <stdint.h>

enum {
    PAIRS = 65536, /* values of two bytes */
    CHAINS = 1024,
    NONE = 0, /* no entry; numbers count from 1 inside */
};

struct entry {
    struct slice literal;
    uint32_t next; /* of the chain */
    uint32_t read; /* the reading in which it was found last */
};

struct lexicon {
    uint8_t begins[PAIRS / 8]; /* a bit for each pair that begins a literal */
    uint32_t chains[CHAINS];   /* by that pair */
    struct entry *entries;
    size_t count; /* with the one that is none */
    size_t room;
    uint32_t reading;
};

static unsigned
pair_at(const char *at)
{
    return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

static uint32_t *
chain_of(struct lexicon *lexicon, unsigned pair)
{
    return &lexicon->chains[(pair * 40503u >> 6) % CHAINS];
}

struct lexicon *
lexicon_new(void)
{
    struct lexicon *lexicon = MEM_NEW(struct lexicon);
    lexicon->count = 1;
    lexicon->reading = 1;
    return lexicon;
}

void
lexicon_free(struct lexicon *lexicon)
{
    if (lexicon) {
        mem_free(lexicon->entries);
        mem_free(lexicon);
    }
}

size_t
lexicon_add(struct lexicon *lexicon, struct slice literal)
{
    assert(literal.len >= 2);
    unsigned pair = pair_at(literal.data);
    uint32_t *chain = chain_of(lexicon, pair);
    for (uint32_t i = *chain; i != NONE; i = lexicon->entries[i].next) {
        if (slice_equal(lexicon->entries[i].literal, literal)) {
            return i;
        }
    }
    if (lexicon->count >= lexicon->room) {
        lexicon->room = lexicon->room * 2 + 64;
        lexicon->entries = mem_resize_array(lexicon->entries, lexicon->room,
                                            sizeof(*lexicon->entries));
    }
    lexicon->entries[lexicon->count] =
        (struct entry){.literal = literal, .next = *chain};
    *chain = (uint32_t)lexicon->count;
    lexicon->begins[pair / 8] |= (uint8_t)(1u << pair % 8);
    return lexicon->count++;
}

/* After 2^32 texts numbers come again, and none may look as if just read. */
static void
begin(struct lexicon *lexicon)
{
    if (++lexicon->reading == 0) {
        for (size_t i = 1; i < lexicon->count; i++) {
            lexicon->entries[i].read = 0;
        }
        lexicon->reading = 1;
    }
}

/* Marks what of the chain the text begins with. */
static void
read_chain(struct lexicon *lexicon, uint32_t chain, struct slice text)
{
    for (uint32_t i = chain; i != NONE; i = lexicon->entries[i].next) {
        struct entry *entry = &lexicon->entries[i];
        if (entry->read != lexicon->reading
            && slice_starts(text, entry->literal)) {
            entry->read = lexicon->reading;
        }
    }
}

void
lexicon_read(struct lexicon *lexicon, struct slice text)
{
    begin(lexicon);
    for (size_t at = 0; at + 1 < text.len; at++) {
        unsigned pair = pair_at(text.data + at);
        if (lexicon->begins[pair / 8] >> pair % 8 & 1) {
            read_chain(lexicon, *chain_of(lexicon, pair),
                       slice_after(text, at));
        }
    }
}

bool
lexicon_has(const struct lexicon *lexicon, size_t number)
{
    return lexicon->entries[number].read == lexicon->reading;
}
