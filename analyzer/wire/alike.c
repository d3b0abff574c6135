/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/alike.h"

#include "base/mem.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#    include <immintrin.h>
#    define HAS_X86 1
#else
#    define HAS_X86 0
#endif

enum {
    SLOTS = 64,
    KEY_AT = 38, /* where lines of other kinds and programs differ */
    KEY_END = KEY_AT + 16,
    CLOCK = 8,       /* "16:28:59" */
    DIGITS_MAX = 18, /* of a number that any digits may make */
    USES_MANY = 256, /* of a head that was worth its while */
    PATIENCE_MAX = 4096,
};

/*
 * What each byte must be. XOR `base` it has none of the bits of `check`, also
 * with `more` added: all eight, or none behind the head; or the upper four,
 * where it is a digit that may be another one, and `base` "0".
 */
struct bytes {
    uint8_t base[ALIKE_HEAD];
    uint8_t more[ALIKE_HEAD];
    uint8_t check[ALIKE_HEAD];
};

struct head {
    struct bytes bytes;
    bool is_known;
    enum ordinary kind; /* of lines that begin so */
    size_t inner;       /* if what stands from there on is ordinary; or 0 */
    unsigned uses;
    unsigned waits;    /* so many lines before another head is tried */
    unsigned patience; /* how many it were the last time */
};

typedef enum ordinary read_way(struct alike *alike, struct slice text,
                               size_t len);

struct alike {
    read_way *read;
    struct head heads[SLOTS];
};

static uint64_t
word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* The same for lines of which only letters of a kind and digits differ. */
static struct head *
slot_of(struct alike *alike, const char *line)
{
    const uint64_t upper = UINT64_C(0xf0f0f0f0f0f0f0f0);
    uint64_t key = (word_at(line) & upper)
                 + (word_at(line + KEY_AT) & upper) * 3
                 + (word_at(line + KEY_AT + 8) & upper) * 5;
    return &alike->heads[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 58];
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What a stamp's clock looks like, behind its date. */
static bool
is_clock(struct slice text, size_t at)
{
    static const char form[CLOCK] = "00:00:00";
    if (at == 0 || at + CLOCK > text.len
        || (text.data[at - 1] != ' ' && text.data[at - 1] != 'T')) {
        return false;
    }
    for (size_t i = 0; i < CLOCK; i++) {
        char byte = text.data[at + i];
        if (form[i] == '0' ? !is_digit(byte) : byte != form[i]) {
            return false;
        }
    }
    return true;
}

static void
loosen(struct bytes *bytes, size_t at, char most)
{
    bytes->base[at] = '0';
    bytes->more[at] = (uint8_t)('?' - most);
    bytes->check[at] = 0xf0;
}

/* Returns where the last clock ends, or 0. */
static size_t
loosen_clocks(struct bytes *bytes, struct slice text)
{
    size_t end = 0;
    for (size_t at = 0; at < text.len; at++) {
        if (is_clock(text, at)) {
            loosen(bytes, at + 3, '5');
            loosen(bytes, at + 4, '9');
            loosen(bytes, at + 6, '5');
            loosen(bytes, at + 7, '9');
            end = at + CLOCK;
        }
    }
    return end;
}

static void
loosen_numbers(struct bytes *bytes, struct slice text, size_t from)
{
    size_t end;
    for (size_t at = from; at < text.len; at = end + 1) {
        end = at;
        while (end < text.len && is_digit(text.data[end])) {
            end++;
        }
        for (size_t i = at; i < end && end - at <= DIGITS_MAX; i++) {
            loosen(bytes, i, '9');
        }
    }
}

static void
write_head(struct head *head, struct slice text)
{
    struct bytes *bytes = &head->bytes;
    *bytes = (struct bytes){.base = {0}};
    memcpy(bytes->base, text.data, text.len);
    memset(bytes->check, 0xff, text.len);
    loosen_numbers(bytes, text, loosen_clocks(bytes, text));
    head->is_known = true;
}

/* Of an envelope alone, so that it may hold anything. */
static bool
learn_envelope(struct head *head, struct slice line)
{
    enum ordinary kind;
    size_t len = ordinary_envelope(line, &kind);
    if (len == 0 || len > ALIKE_HEAD) {
        return false;
    }
    write_head(head, slice_before(line, len));
    head->kind = kind;
    head->inner = len;
    return true;
}

/* As little as tells what the whole line is. */
static bool
learn_start(struct head *head, struct slice line, enum ordinary kind)
{
    bool is_nearly = false;
    for (size_t len = 1; len <= ALIKE_HEAD && len <= line.len; len++) {
        struct slice text = slice_before(line, len);
        if (line.data[len - 1] != ' ' || ordinary_read(text) != kind) {
            continue;
        }
        if (is_nearly) {
            write_head(head, text);
            head->kind = kind;
            head->inner = 0;
            return true;
        }
        is_nearly = true;
    }
    return false;
}

/*
 * Tries to remember the line's head in the slot. Where the last one was of
 * little use, what stands in the envelopes begins in many ways.
 */
static void
learn(struct head *head, struct slice line, enum ordinary kind)
{
    bool was_vain = head->is_known && head->uses <= USES_MANY;
    head->patience = head->uses > USES_MANY ? 0 : head->patience * 2 + 1;
    if (head->patience > PATIENCE_MAX) {
        head->patience = PATIENCE_MAX;
    }
    head->waits = head->patience;
    head->uses = 0;
    if (!was_vain || !learn_envelope(head, line)) {
        (void)(learn_start(head, line, kind) || learn_envelope(head, line));
    }
}

__attribute__((noinline)) static enum ordinary
read_anew(struct head *head, struct slice line)
{
    enum ordinary kind = ordinary_read(line);
    if (kind != ORDINARY_NOT && head->waits == 0) {
        learn(head, line, kind);
    } else if (head->waits > 0) {
        head->waits--;
    }
    return kind;
}

static enum ordinary
read_inner(const struct head *head, struct slice line)
{
    return ordinary_inside(slice_after(line, head->inner)) ? head->kind
                                                           : ORDINARY_NOT;
}

/* Not in "msg=", nor in a blank behind it. */
static bool
ends_well(const char *line, size_t len)
{
    len -= line[len - 1] == '\r';
    return len > 0 && line[len - 1] > ' ' && line[len - 1] != '=';
}

/* What is no mere comparison. */
__attribute__((noinline)) static enum ordinary
read_more(struct head *head, struct slice line, bool is_like)
{
    if (!is_like) {
        return read_anew(head, line);
    }
    head->uses++;
    return head->inner > 0 ? read_inner(head, line) : ordinary_read(line);
}

typedef bool like_way(const struct bytes *head, const char *line);

__attribute__((always_inline)) static inline enum ordinary
read_by(struct alike *alike, struct slice text, size_t len, like_way *is_like)
{
    if (text.len < ALIKE_HEAD || len < KEY_END) {
        return ordinary_read(slice_before(text, len));
    }
    struct head *head = slot_of(alike, text.data);
    bool is_so = is_like(&head->bytes, text.data) && head->is_known;
    if (!is_so || head->inner > 0 || !ends_well(text.data, len)) {
        return read_more(head, slice_before(text, len), is_so);
    }
    head->uses++;
    return head->kind;
}

/* Sixteen bytes at once; compilers know how. */
typedef uint8_t lanes __attribute__((vector_size(16)));

static inline lanes
lanes_at(const void *at)
{
    lanes bytes;
    memcpy(&bytes, at, sizeof(bytes));
    return bytes;
}

static inline bool
is_like_any(const struct bytes *head, const char *line)
{
    lanes other = {0};
    uint64_t halves[2];
    /* All of them, as an end that varies is a branch that is hard to foresee. */
#pragma GCC unroll 8
    for (size_t i = 0; i < ALIKE_HEAD; i += sizeof(other)) {
        lanes bytes = lanes_at(line + i) ^ lanes_at(head->base + i);
        other |= (bytes | (bytes + lanes_at(head->more + i)))
               & lanes_at(head->check + i);
    }
    memcpy(halves, &other, sizeof(halves));
    return (halves[0] | halves[1]) == 0;
}

static enum ordinary
read_any(struct alike *alike, struct slice text, size_t len)
{
    return read_by(alike, text, len, is_like_any);
}

#if HAS_X86

#    define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i
load32(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

AVX2 static inline bool
is_like_avx2(const struct bytes *head, const char *line)
{
    __m256i other = _mm256_setzero_si256();
#    pragma GCC unroll 4
    for (size_t i = 0; i < ALIKE_HEAD; i += sizeof(other)) {
        __m256i bytes =
            _mm256_xor_si256(load32(line + i), load32(head->base + i));
        __m256i more = _mm256_add_epi8(bytes, load32(head->more + i));
        bytes = _mm256_and_si256(_mm256_or_si256(bytes, more),
                                 load32(head->check + i));
        other = _mm256_or_si256(other, bytes);
    }
    return _mm256_testz_si256(other, other) != 0;
}

AVX2 static enum ordinary
read_fast(struct alike *alike, struct slice text, size_t len)
{
    return read_by(alike, text, len, is_like_avx2);
}

#endif

static read_way *
best_way(void)
{
#if HAS_X86
    if (__builtin_cpu_supports("avx2")) {
        return read_fast;
    }
#endif
    return read_any;
}

struct alike *
alike_new(void)
{
    struct alike *alike = MEM_NEW(struct alike);
    alike->read = best_way();
    return alike;
}

void
alike_be_plain(struct alike *alike)
{
    alike->read = read_any;
}

void
alike_free(struct alike *alike)
{
    mem_free(alike);
}

enum ordinary
alike_read(struct alike *alike, struct slice text, size_t len)
{
    return alike->read(alike, text, len);
}
