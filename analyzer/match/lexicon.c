/* SPDX-License-Identifier: Apache-2.0 */
#include "match/lexicon.h"

#include "base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/*
 * A literal is found by four bytes of it, those that fewest others are found
 * by: most begin alike ("failed to"), and a text may be made of such words. One
 * that has no four bytes is found by its first two.
 */
enum {
    WINDOW = 4,
    PAIR = 2,
    HASHES = 65536,
    CHAINS = 2048,
    NONE = 0, /* no entry; numbers count from 1 inside */
};

struct entry {
    uint32_t window; /* its bytes as a number; those of a pair */
    uint32_t at;     /* the window's place in the literal */
    uint32_t behind; /* from there to the literal's last byte */
    char first;
    char last;
    struct slice literal;
    uint32_t next; /* of the window's chain */
    uint32_t twin; /* of those whose whole has the same hash */
    uint32_t read; /* the reading in which it was found last */
};

/* Entries by the hash of their windows. */
struct table {
    uint8_t begins[HASHES / 8]; /* a bit for each hash that has an entry */
    uint32_t chains[CHAINS];
    uint8_t counts[CHAINS]; /* UINT8_MAX: so many or more */
};

struct lexicon {
    struct table windows;
    struct table pairs;
    uint64_t pair_bits; /* what pairs there may be, by pair_bit() */
    uint32_t twins[CHAINS];
    struct entry *entries;
    size_t count; /* with the one that is none */
    size_t room;
    uint32_t *found; /* in the last reading; room for all entries */
    size_t found_count;
    uint32_t reading;
};

static inline uint32_t
window_at(const char *at)
{
    uint32_t number;
    memcpy(&number, at, WINDOW);
    return number;
}

static inline uint32_t
window_hash(uint32_t window)
{
    return window * UINT32_C(2654435761) >> 16;
}

static inline uint32_t
pair_at(const char *at)
{
    return (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

/* Of few pairs most are told apart by it, in a register. */
static inline uint64_t
pair_bit(const char *at)
{
    unsigned char first = (unsigned char)at[0];
    unsigned char second = (unsigned char)at[1];
    return UINT64_C(1) << ((first + second * 5u) & 63);
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
        mem_free(lexicon->found);
        mem_free(lexicon);
    }
}

static void
put_in_table(struct table *table, uint32_t hash, struct entry *entry,
             uint32_t number)
{
    entry->next = table->chains[hash % CHAINS];
    table->chains[hash % CHAINS] = number;
    if (table->counts[hash % CHAINS] < UINT8_MAX) {
        table->counts[hash % CHAINS]++;
    }
    table->begins[hash / 8] |= (uint8_t)(1u << hash % 8);
}

/* The place of the window whose chain is shortest. */
static size_t
best_place(const struct table *table, struct slice literal)
{
    size_t best = 0;
    unsigned least = 256;
    for (size_t at = 0; at + WINDOW <= literal.len; at++) {
        uint32_t hash = window_hash(window_at(literal.data + at));
        unsigned count = table->counts[hash % CHAINS];
        if (count < least) {
            least = count;
            best = at;
        }
    }
    return best;
}

size_t
lexicon_add(struct lexicon *lexicon, struct slice literal)
{
    assert(literal.len >= PAIR);
    uint32_t *twins = &lexicon->twins[slice_hash(literal, 0) % CHAINS];
    for (uint32_t i = *twins; i != NONE; i = lexicon->entries[i].twin) {
        if (slice_equal(lexicon->entries[i].literal, literal)) {
            return i;
        }
    }
    if (lexicon->count >= lexicon->room) {
        lexicon->room = lexicon->room * 2 + 64;
        lexicon->entries = mem_resize_array(lexicon->entries, lexicon->room,
                                            sizeof(*lexicon->entries));
        lexicon->found = mem_resize_array(lexicon->found, lexicon->room,
                                          sizeof(*lexicon->found));
    }
    uint32_t number = (uint32_t)lexicon->count++;
    struct entry *entry = &lexicon->entries[number];
    *entry = (struct entry){.literal = literal, .twin = *twins};
    *twins = number;
    if (literal.len < WINDOW) {
        lexicon->pair_bits |= pair_bit(literal.data);
        entry->window = pair_at(literal.data);
        put_in_table(&lexicon->pairs, entry->window, entry, number);
    } else {
        entry->at = (uint32_t)best_place(&lexicon->windows, literal);
        entry->window = window_at(literal.data + entry->at);
        put_in_table(&lexicon->windows, window_hash(entry->window), entry,
                     number);
    }
    entry->behind = (uint32_t)(literal.len - 1) - entry->at;
    entry->first = literal.data[0];
    entry->last = literal.data[literal.len - 1];
    return number;
}

/* After 2^32 texts numbers come again, and none may look as if just read. */
static void
begin(struct lexicon *lexicon)
{
    lexicon->found_count = 0;
    if (++lexicon->reading == 0) {
        for (size_t i = 1; i < lexicon->count; i++) {
            lexicon->entries[i].read = 0;
        }
        lexicon->reading = 1;
    }
}

/* Whether the literal stands in the text around the window at `at`. */
static inline bool
stands(const struct entry *entry, struct slice text, size_t at)
{
    return at >= entry->at && at + entry->behind < text.len
        && text.data[at - entry->at] == entry->first
        && text.data[at + entry->behind] == entry->last
        && memcmp(text.data + at - entry->at, entry->literal.data,
                  entry->literal.len)
               == 0;
}

static inline void
take(struct lexicon *lexicon, uint32_t number)
{
    lexicon->entries[number].read = lexicon->reading;
    lexicon->found[lexicon->found_count++] = number;
}

/* Marks what of the chain stands around the window at `at`. */
static inline void
read_chain(struct lexicon *lexicon, uint32_t chain, struct slice text,
           size_t at, uint32_t window)
{
    const struct entry *entries = lexicon->entries;
    for (uint32_t i = chain; i != NONE; i = entries[i].next) {
        const struct entry *entry = &entries[i];
        if (entry->window == window && entry->read != lexicon->reading
            && stands(entry, text, at)) {
            take(lexicon, i);
        }
    }
}

static inline bool
has_entry(const struct table *table, uint32_t hash)
{
    return (table->begins[hash / 8] >> hash % 8 & 1) != 0;
}

static inline void
read_pair(struct lexicon *lexicon, struct slice text, size_t at)
{
    const struct table *pairs = &lexicon->pairs;
    uint32_t pair = pair_at(text.data + at);
    if (has_entry(pairs, pair)) {
        read_chain(lexicon, pairs->chains[pair % CHAINS], text, at, pair);
    }
}

void
lexicon_read(struct lexicon *lexicon, struct slice text)
{
    begin(lexicon);
    lexicon_read_on(lexicon, text);
}

void
lexicon_read_on(struct lexicon *lexicon, struct slice text)
{
    const struct table *windows = &lexicon->windows;
    const uint64_t pair_bits = lexicon->pair_bits;
    for (size_t at = 0; at + WINDOW <= text.len; at++) {
        uint32_t window = window_at(text.data + at);
        uint32_t hash = window_hash(window);
        if (has_entry(windows, hash)) {
            read_chain(lexicon, windows->chains[hash % CHAINS], text, at,
                       window);
        }
    }
    for (size_t at = 0; pair_bits != 0 && at + PAIR <= text.len; at++) {
        if ((pair_bits & pair_bit(text.data + at)) != 0) {
            read_pair(lexicon, text, at);
        }
    }
}

bool
lexicon_has(const struct lexicon *lexicon, size_t number)
{
    return lexicon->entries[number].read == lexicon->reading;
}

const uint32_t *
lexicon_found(const struct lexicon *lexicon, size_t *count)
{
    *count = lexicon->found_count;
    return lexicon->found;
}

size_t
lexicon_end(const struct lexicon *lexicon)
{
    return lexicon->count;
}
