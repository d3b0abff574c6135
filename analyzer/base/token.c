/* SPDX-License-Identifier: Apache-2.0 */
#include "base/token.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

enum {
    PAIR = 16,               /* bytes that are taken at once: two words */
    SIZES = 1 + TOKEN_PARTS, /* words: how many parts, and how long */
    WORDS = SIZES + TOKEN_LONGEST / 8 + 2 * TOKEN_PARTS,
    WORDS_FIRST = 128,
};

static_assert(SIZES % 2 == 0, "words are taken in pairs");

struct token_key {
    struct keyed key;
    size_t count; /* of words that are made */
    uint64_t words[WORDS];
};

struct token_key *
token_key_new(const struct keyed *key)
{
    struct token_key *new = MEM_NEW(struct token_key);
    new->key = *key;
    return new;
}

void
token_key_free(struct token_key *key)
{
    mem_free(key);
}

static void
make_words(struct token_key *key, size_t count)
{
    size_t least = count > WORDS_FIRST ? count : WORDS_FIRST;
    for (uint64_t i = key->count; i < least; i++) {
        key->words[i] =
            keyed_hash(&key->key, slice_of((const char *)&i, sizeof(i)));
    }
    key->count = least > key->count ? least : key->count;
}

/* A number of 128 bits, and a * b added to it. */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static inline wide
plus_product(wide sum, uint64_t a, uint64_t b)
{
    return sum + (wide)a * b;
}

static struct token
token_from(wide sum)
{
    return (struct token){{(uint64_t)sum, (uint64_t)(sum >> 64)}};
}
#else
typedef struct token wide;

static inline wide
plus_product(wide sum, uint64_t a, uint64_t b)
{
    uint64_t half = UINT32_MAX;
    uint64_t middle = (a >> 32) * (b & half) + ((a & half) * (b & half) >> 32);
    uint64_t other = (a & half) * (b >> 32) + (middle & half);
    uint64_t low = a * b;
    uint64_t high = (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
    sum.word[0] += low;
    sum.word[1] += high + (sum.word[0] < low);
    return sum;
}

static struct token
token_from(wide sum)
{
    return sum;
}
#endif

static inline wide
plus_pair(wide sum, const uint64_t *words, const char *at)
{
    uint64_t m[2];
    memcpy(m, at, sizeof(m));
    return plus_product(sum, m[0] + words[0], m[1] + words[1]);
}

/* Less than a pair: its halves overlap, so that none has a length of its own. */
static inline void
copy_rest(char *to, const char *from, size_t len)
{
    enum {
        WORD = 8,
        HALF = 4
    };

    if (len >= WORD) {
        memcpy(to, from, WORD);
        memcpy(to + len - WORD, from + len - WORD, WORD);
    } else if (len >= HALF) {
        memcpy(to, from, HALF);
        memcpy(to + len - HALF, from + len - HALF, HALF);
    } else {
        to[0] = from[0];
        to[len / 2] = from[len / 2];
        to[len - 1] = from[len - 1];
    }
}

/* Returns the words behind those that it took. */
static inline const uint64_t *
add_text(wide *sum, const uint64_t *words, struct slice text)
{
    enum {
        AT_ONCE = 4 * PAIR
    };

    const char *at = text.data;
    size_t left = text.len;
    wide all = *sum;
    for (; left >= AT_ONCE; at += AT_ONCE, left -= AT_ONCE, words += 8) {
        all = plus_pair(all, words, at);
        all = plus_pair(all, words + 2, at + PAIR);
        all = plus_pair(all, words + 4, at + (size_t)2 * PAIR);
        all = plus_pair(all, words + 6, at + (size_t)3 * PAIR);
    }
    for (; left >= PAIR; at += PAIR, left -= PAIR, words += 2) {
        all = plus_pair(all, words, at);
    }
    if (left > 0) {
        char rest[PAIR] = {0};
        copy_rest(rest, at, left);
        all = plus_pair(all, words, rest);
        words += 2;
    }
    *sum = all;
    return words;
}

struct token
token_of(struct token_key *key, const struct slice *parts, size_t count)
{
    uint64_t sizes[SIZES] = {count};
    size_t needed = SIZES;
    assert(count <= TOKEN_PARTS);
    for (size_t i = 0; i < count; i++) {
        sizes[i + 1] = parts[i].len;
        needed += (parts[i].len + PAIR - 1) / PAIR * 2;
    }
    assert(needed <= WORDS);
    if (needed > key->count) {
        make_words(key, needed);
    }
    wide sum = (wide){0};
    const uint64_t *words = add_text(
        &sum, key->words, slice_of((const char *)sizes, sizeof(sizes)));
    for (size_t i = 0; i < count; i++) {
        words = add_text(&sum, words, parts[i]);
    }
    return token_from(sum);
}

bool
token_equal(struct token a, struct token b)
{
    return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

/* The upper bits of a sum of products are its best ones. */
uint64_t
token_hash(struct token token)
{
    uint64_t hash = (token.word[1] ^ token.word[0] >> 32) * 0x9fb21c651e98df25u;
    return hash ^ hash >> 32;
}
