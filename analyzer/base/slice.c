/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

#include "base/byte.h"

#include <string.h>

/* NULL has no offsets, not even 0. */
struct slice
slice_end(struct slice text)
{
    return (struct slice){text.data ? text.data + text.len : NULL, 0};
}

struct slice
slice_from(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static char
lower(char byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (char)(byte - 'A' + 'a');
    }
    return byte;
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

bool
slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && slice_starts_nocase(a, b);
}

int
slice_compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.data, b.data, len) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* Whether two words of text differ in no more than the case of letters. */
static bool
may_be_equal_nocase(const char *a, const char *b)
{
    const uint64_t cases = UINT64_C(0x2020202020202020);
    uint64_t first;
    uint64_t second;
    memcpy(&first, a, sizeof(first));
    memcpy(&second, b, sizeof(second));
    return ((first ^ second) & ~cases) == 0;
}

bool
slice_starts_nocase(struct slice text, struct slice prefix)
{
    enum {
        WORD = 8
    };

    if (text.len < prefix.len) {
        return false;
    }
    for (size_t i = 0; i + WORD <= prefix.len; i += WORD) {
        if (!may_be_equal_nocase(text.data + i, prefix.data + i)) {
            return false;
        }
    }
    for (size_t i = 0; i < prefix.len; i++) {
        char a = text.data[i];
        char b = prefix.data[i];
        if (a != b && lower(a) != lower(b)) {
            return false;
        }
    }
    return true;
}

bool
slice_ends(struct slice text, struct slice suffix)
{
    return text.len >= suffix.len
        && (suffix.len == 0
            || (text.data[text.len - 1] == suffix.data[suffix.len - 1]
                && slice_equal(slice_after(text, text.len - suffix.len),
                               suffix)));
}

size_t
slice_find_last(struct slice text, char byte)
{
    for (size_t i = text.len; i > 0; i--) {
        if (text.data[i - 1] == byte) {
            return i - 1;
        }
    }
    return SLICE_NONE;
}

/* Of the first bytes of a needle, the one that fewest places have. */
static size_t
rarest(struct slice needle)
{
    enum {
        FRONT = 16
    };

    size_t best = 0;
    bool is_fair = false;
    for (size_t i = 0; i < needle.len && i < FRONT; i++) {
        if (!byte_is(needle.data[i], BYTE_COMMON | BYTE_FAIR)) {
            return i;
        }
        if (!is_fair && byte_is(needle.data[i], BYTE_FAIR)) {
            is_fair = true;
            best = i;
        }
    }
    return best;
}

/*
 * Where two bytes stand first, the second `apart` behind the first, in one step
 * of a text from `at` on, of which the first is before `end`; NULL if nowhere.
 * *next is where the next step begins.
 */
static const char *
find_pair(const char *at, const char *end, const char pair[2], ptrdiff_t apart,
          const char **next)
{
    typedef int8_t lanes __attribute__((vector_size(16)));

    lanes first;
    lanes second;
    uint64_t halves[2] = {1, 1};
    *next = end - at < (ptrdiff_t)sizeof(lanes) ? end : at + sizeof(lanes);
    if (*next < end) {
        memcpy(&first, at, sizeof(first));
        memcpy(&second, at + apart, sizeof(second));
        lanes is = (first == (int8_t)pair[0]) & (second == (int8_t)pair[1]);
        memcpy(halves, &is, sizeof(halves));
    }
    if ((halves[0] | halves[1]) == 0) {
        return NULL;
    }
    while (at < *next && (at[0] != pair[0] || at[apart] != pair[1])) {
        at++;
    }
    return at < *next ? at : NULL;
}

/* Its ends first. */
static inline bool
stands_at(const char *start, struct slice needle)
{
    size_t last = needle.len - 1;
    return start[0] == needle.data[0] && start[last] == needle.data[last]
        && memcmp(start, needle.data, needle.len) == 0;
}

/*
 * The needle's byte at `place` is sought; where it stands and the needle does
 * not, it may well stand again, so that the next ones are looked at with one of
 * the needle's ends.
 */
size_t
slice_find(struct slice text, struct slice needle)
{
    if (needle.len == 0) {
        return 0;
    }
    if (text.len < needle.len) {
        return SLICE_NONE;
    }
    size_t place = rarest(needle);
    size_t last = needle.len - 1;
    size_t other = place == last ? 0 : last;
    const char pair[2] = {needle.data[place], needle.data[other]};
    ptrdiff_t apart = (ptrdiff_t)other - (ptrdiff_t)place;
    const char *at = text.data + place;
    const char *end = at + (text.len - last);
    while (at < end && (at = memchr(at, pair[0], (size_t)(end - at)))) {
        const char *next = at;
        while (at && !stands_at(at - place, needle)) {
            at = find_pair(at + 1, end, pair, apart, &next);
        }
        if (at) {
            return (size_t)(at - place - text.data);
        }
        at = next;
    }
    return SLICE_NONE;
}

bool
slice_cut_text(struct slice *rest, struct slice mark, struct slice *head)
{
    size_t at = slice_find(*rest, mark);
    if (at == SLICE_NONE) {
        return false;
    }
    *head = slice_before(*rest, at);
    *rest = slice_after(*rest, at + mark.len);
    return true;
}

struct slice
slice_trim(struct slice text)
{
    while (text.len > 0 && is_blank(text.data[0])) {
        text = slice_after(text, 1);
    }
    while (text.len > 0 && is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* Whether eight bytes are ASCII and no blanks; it may say no of such, too. */
static bool
is_visible(const char *at)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t bytes;
    memcpy(&bytes, at, sizeof(bytes));
    return (((bytes - each * (' ' + 1)) | bytes) & each * 0x80) == 0;
}

/* Whether one of eight bytes is a blank, whatever the others are. */
static bool
has_blank(const char *at)
{
    static const char blanks[] = {' ', '\t', '\r', '\n'};
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t bytes;
    uint64_t found = 0;
    memcpy(&bytes, at, sizeof(bytes));
    for (size_t i = 0; i < sizeof(blanks); i++) {
        uint64_t rest = bytes ^ each * (unsigned char)blanks[i];
        found |= (rest - each) & ~rest;
    }
    return (found & each * 0x80) != 0;
}

struct slice
slice_word(struct slice *rest)
{
    while (rest->len > 0 && is_blank(rest->data[0])) {
        *rest = slice_after(*rest, 1);
    }
    size_t len = 0;
    while (len + 8 <= rest->len
           && (is_visible(rest->data + len) || !has_blank(rest->data + len))) {
        len += 8;
    }
    while (len < rest->len && !is_blank(rest->data[len])) {
        len++;
    }
    struct slice word = slice_before(*rest, len);
    *rest = slice_after(*rest, len);
    return word;
}

bool
slice_to_u64(struct slice text, uint64_t *value)
{
    uint64_t sum = 0;
    if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

uint64_t
slice_hash(struct slice text, uint64_t seed)
{
    uint64_t hash = 14695981039346656037u ^ seed;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211u;
    }
    return hash;
}

static inline uint64_t
word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Of fewer than eight bytes. */
static inline uint64_t
rest_at(const char *at, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        word = word << 8 | (unsigned char)at[i];
    }
    return word;
}

/* Each bit of both words may change any bit of the result. */
static inline uint64_t
fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd6e8feb86659fd93u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t product = (a ^ 0x9e3779b97f4a7c15u) * (b | 1);
    product ^= product >> 32;
    product *= 0xd6e8feb86659fd93u;
    return product ^ product >> 29;
#endif
}

/* Two lanes, since one would wait for itself. */
uint64_t
slice_mix(struct slice text, uint64_t seed)
{
    const char *at = text.data;
    size_t left = text.len;
    uint64_t a = seed;
    uint64_t b = ~seed;
    for (; left >= 32; at += 32, left -= 32) {
        a = fold(word_at(at) ^ a, word_at(at + 8));
        b = fold(word_at(at + 16) ^ b, word_at(at + 24));
    }
    for (; left >= 8; at += 8, left -= 8) {
        a = fold(word_at(at) ^ a, left);
    }
    b = fold(rest_at(at, left) ^ b, text.len);
    return fold(a, b);
}

uint64_t
slice_mix_nocase(struct slice text, uint64_t seed)
{
    char piece[64];
    uint64_t mix = seed;
    while (text.len > 0) {
        struct slice head = slice_before(text, sizeof(piece));
        for (size_t i = 0; i < head.len; i++) {
            piece[i] = lower(head.data[i]);
        }
        mix = slice_mix(slice_of(piece, head.len), mix);
        text = slice_after(text, head.len);
    }
    return mix;
}
