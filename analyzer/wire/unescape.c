/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/unescape.h"

#include "wire/escapes.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* What a letter behind the backslash stands for. */
static const char simple[UINT8_MAX + 1] = {
    ['"'] = '"',  ['\\'] = '\\', ['n'] = '\n',  ['t'] = '\t',
    ['r'] = '\r', ['/'] = '/',   ['\''] = '\'', ['a'] = '\a',
    ['b'] = '\b', ['f'] = '\f',  ['v'] = '\v',
};

/*
 * Behind a quote that was escaped there may well be others: the offset of the
 * one that is not, or of where none has come for a while. No backslash stands
 * before `from`.
 */
static size_t
pass_escaped(struct slice text, size_t from)
{
    size_t at = from;
    uint64_t goes_on = 0;
    while (text.len - at >= ESCAPES_STEP) {
        uint64_t quotes = escapes_where(text.data + at, '"');
        uint64_t slashes = escapes_where(text.data + at, '\\');
        quotes &= ~escapes_of(slashes, &goes_on);
        if (quotes != 0) {
            return at + (size_t)__builtin_ctzll(quotes);
        }
        at += ESCAPES_STEP;
        if (slashes == 0) {
            return at;
        }
    }
    at += goes_on;
    while (at < text.len && text.data[at] != '"') {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at : text.len;
}

size_t
unescape_end(struct slice text, size_t from)
{
    size_t at = from;
    size_t len;
    while ((len = slice_find_byte(slice_after(text, at), '"')) != SLICE_NONE) {
        at += len;
        size_t slashes = 0;
        while (slashes < len && text.data[at - slashes - 1] == '\\') {
            slashes++;
        }
        if (slashes % 2 == 0) {
            return at;
        }
        at = pass_escaped(text, at + 1);
    }
    return SLICE_NONE;
}

bool
unescape_cut(struct slice *rest, struct slice *raw)
{
    if (rest->len == 0 || rest->data[0] != '"') {
        return false;
    }
    size_t at = unescape_end(*rest, 1);
    at = at == SLICE_NONE ? rest->len : at;
    *raw = slice_after(slice_before(*rest, at), 1);
    *rest = slice_after(*rest, at + 1);
    return true;
}

static int
digit_of(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : 16;
}

/* `count` digits at `from`, to `base`. */
static bool
number_at(struct slice text, size_t from, size_t count, unsigned base,
          uint32_t *value)
{
    uint32_t sum = 0;
    if (text.len < from + count) {
        return false;
    }
    for (size_t i = from; i < from + count; i++) {
        unsigned digit = (unsigned)digit_of(text.data[i]);
        if (digit >= base) {
            return false;
        }
        sum = sum * base + digit;
    }
    *value = sum;
    return true;
}

static size_t
write_utf8(uint32_t code, char *out)
{
    static const struct {
        uint32_t limit;
        unsigned char lead;
    } lengths[] = {
        {0x80, 0x00},
        {0x800, 0xc0},
        {0x10000, 0xe0},
        {0x110000, 0xf0},
    };

    size_t more = 0;
    while (code >= lengths[more].limit) {
        more++;
    }
    for (size_t i = more; i > 0; i--) {
        out[i] = (char)(unsigned char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(unsigned char)(lengths[more].lead | code);
    return more + 1;
}

static bool
is_surrogate(uint32_t code)
{
    return code >= 0xd800 && code < 0xe000;
}

/* \uXXXX or \UXXXXXXXX; JSON writes what is beyond 16 bits as a pair. */
static size_t
write_code(struct slice text, char *out, size_t *used)
{
    uint32_t code;
    uint32_t low;
    size_t count = text.data[1] == 'u' ? 4 : 8;
    if (!number_at(text, 2, count, 16, &code) || code >= 0x110000) {
        return 0;
    }
    *used = 2 + count;
    if (is_surrogate(code)) {
        bool is_pair = code < 0xdc00 && text.len >= 12 && text.data[6] == '\\'
                    && text.data[7] == 'u' && number_at(text, 8, 4, 16, &low)
                    && is_surrogate(low) && low >= 0xdc00;
        if (!is_pair) {
            return write_utf8(0xfffd, out);
        }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        *used = 12;
    }
    return write_utf8(code, out);
}

/* \xHH or \OOO: one byte, of whatever worth. */
static size_t
write_byte(struct slice text, char *out, size_t *used)
{
    uint32_t byte;
    bool is_hex = text.data[1] == 'x';
    if (!number_at(text, is_hex ? 2 : 1, is_hex ? 2 : 3, is_hex ? 16 : 8, &byte)
        || byte > 255) {
        return 0;
    }
    *used = 4;
    *out = (char)(unsigned char)byte;
    return 1;
}

/*
 * Writes what the escape at the start of `text` stands for, if it is none of
 * `simple`; `out` may be where it stands. Returns the bytes written, *used are
 * the bytes read. A backslash that begins nothing known stands for itself.
 */
static size_t
write_escape(struct slice text, char *out, size_t *used)
{
    size_t len = 0;
    char letter = '\0';
    if (text.len > 1) {
        letter = text.data[1];
    }
    if (letter == 'u' || letter == 'U') {
        len = write_code(text, out, used);
    } else if (letter == 'x' || (letter >= '0' && letter <= '7')) {
        len = write_byte(text, out, used);
    }
    if (len > 0) {
        return len;
    }
    *out = '\\';
    *used = 1;
    return 1;
}

/* As far as the next backslash, to where it stands or before; mostly few. */
static size_t
move_plain(char *to, struct slice from)
{
    enum {
        FEW = 8
    };

    size_t len = 0;
    while (len < from.len && len < FEW && from.data[len] != '\\') {
        to[len] = from.data[len];
        len++;
    }
    if (len < FEW) {
        return len;
    }
    size_t more = slice_find_byte(slice_after(from, FEW), '\\');
    more = more == SLICE_NONE ? from.len - FEW : more;
    memmove(to + FEW, from.data + FEW, more);
    return FEW + more;
}

/* `out` may be where `raw` stands: what is written never overtakes. */
static size_t
write_all(struct slice raw, char *out)
{
    char *to = out;
    while (raw.len > 0) {
        size_t used = 1;
        size_t plain = raw.data[0] == '\\' ? 0 : move_plain(to, raw);
        to += plain;
        raw = slice_after(raw, plain);
        if (raw.len > 1 && simple[(unsigned char)raw.data[1]] != '\0') {
            *to++ = simple[(unsigned char)raw.data[1]];
            used = 2;
        } else if (raw.len > 0) {
            to += write_escape(raw, to, &used);
        }
        raw = slice_after(raw, used);
    }
    return (size_t)(to - out);
}

static bool
is_inside(struct slice text, const struct buf *scratch)
{
    uintptr_t start = (uintptr_t)scratch->data;
    uintptr_t at = (uintptr_t)text.data;
    return scratch->len > 0 && at >= start && at < start + scratch->len;
}

struct slice
unescape_once(struct slice raw, struct buf *scratch)
{
    if (slice_find_byte(raw, '\\') == SLICE_NONE) {
        return raw;
    }
    if (is_inside(raw, scratch)) {
        char *place = scratch->data + (raw.data - scratch->data);
        return slice_of(place, write_all(raw, place));
    }
    assert(scratch->size - scratch->len >= raw.len);
    char *place = scratch->data + scratch->len;
    size_t len = write_all(raw, place);
    scratch->len += len;
    return slice_of(place, len);
}

struct slice
unescape_all(struct slice raw, struct buf *scratch)
{
    for (int i = 0;
         i < UNESCAPE_LAYERS && slice_find(raw, SLICE("\\\"")) != SLICE_NONE;
         i++) {
        raw = unescape_once(raw, scratch);
    }
    return raw;
}
