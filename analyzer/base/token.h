/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_TOKEN_H
#define PULLWHY_BASE_TOKEN_H

/*
 * What a text of some parts is known by: 128 bits in its stead, so that it need
 * be neither kept nor compared. Much faster than base/keyed.h.
 *
 * The law: whoever chooses two different lists of parts, and knows neither the
 * key nor any token, gives them one token with a chance of at most 1 in 2^64.
 * For it is a sum of products (m + k)(m' + k') of neighbouring words, each m
 * with a k of its own that nobody knows (NH, of UMAC, RFC 4418, with words of
 * 64 bits), over the number of the parts, their lengths and their words. Where
 * one m differs, only one value of the k beside it makes the sums equal. So a
 * token must never be told to anybody, nor what follows from its bits.
 */

#include "base/keyed.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_PARTS = 3,
    TOKEN_LONGEST = 16 << 10, /* bytes, of all parts */
};

struct token {
    uint64_t word[2];
};

struct token_key;

struct token_key *token_key_new(const struct keyed *key);
void token_key_free(struct token_key *key); /* NULL is fine */

/* At most so many parts, and so long; the key makes words as it needs them. */
struct token token_of(struct token_key *key, const struct slice *parts,
                      size_t count);

bool token_equal(struct token a, struct token b);

/* Where to look for it: bits that differ where tokens do. */
uint64_t token_hash(struct token token);

#endif
