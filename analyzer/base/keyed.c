/* SPDX-License-Identifier: Apache-2.0 */
#include "base/keyed.h"

struct state {
    uint64_t v[4];
};

static uint64_t
rotate(uint64_t word, int by)
{
    return (word << by) | (word >> (64 - by));
}

static void
turn(struct state *state, int rounds)
{
    uint64_t *v = state->v;
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

/* Up to eight bytes, the first one lowest. */
static uint64_t
word_at(struct slice text, size_t offset)
{
    uint64_t word = 0;
    for (size_t i = 0; i < 8 && offset + i < text.len; i++) {
        word |= (uint64_t)(unsigned char)text.data[offset + i] << (8 * i);
    }
    return word;
}

static void
take(struct state *state, uint64_t word)
{
    state->v[3] ^= word;
    turn(state, 2);
    state->v[0] ^= word;
}

uint64_t
keyed_hash(const struct keyed *key, struct slice text)
{
    struct state state = {{key->word[0] ^ 0x736f6d6570736575u,
                           key->word[1] ^ 0x646f72616e646f6du,
                           key->word[0] ^ 0x6c7967656e657261u,
                           key->word[1] ^ 0x7465646279746573u}};
    size_t whole = text.len - text.len % 8;
    for (size_t i = 0; i < whole; i += 8) {
        take(&state, word_at(text, i));
    }
    take(&state, word_at(text, whole) | (uint64_t)text.len << 56);
    state.v[2] ^= 0xff;
    turn(&state, 4);
    return state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
}
