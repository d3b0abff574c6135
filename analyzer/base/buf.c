/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void
buf_free(struct buf *buf)
{
    mem_free(buf->data);
    *buf = (struct buf){0};
}

void
buf_clear(struct buf *buf)
{
    buf->len = 0;
}

void
buf_reserve(struct buf *buf, size_t more)
{
    if (buf->size - buf->len >= more) {
        return;
    }
    size_t size = buf->size > 0 ? buf->size : 256;
    while (size - buf->len < more) {
        size *= 2;
    }
    buf->data = mem_resize(buf->data, size);
    buf->size = size;
}

/* Fewer bytes than a call is worth: two words that overlap. */
static inline void
copy_few(char *to, const char *from, size_t len)
{
    if (len >= sizeof(uint64_t)) {
        uint64_t first;
        uint64_t last;
        memcpy(&first, from, sizeof(first));
        memcpy(&last, from + len - sizeof(last), sizeof(last));
        memcpy(to, &first, sizeof(first));
        memcpy(to + len - sizeof(last), &last, sizeof(last));
        return;
    }
    if (len >= sizeof(uint32_t)) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, from, sizeof(first));
        memcpy(&last, from + len - sizeof(last), sizeof(last));
        memcpy(to, &first, sizeof(first));
        memcpy(to + len - sizeof(last), &last, sizeof(last));
        return;
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = from[i];
    }
}

void
buf_add(struct buf *buf, struct slice text)
{
    enum {
        FEW = 2 * sizeof(uint64_t)
    };

    if (text.len == 0) {
        return;
    }
    if (buf->size - buf->len < text.len) {
        buf_reserve(buf, text.len);
    }
    if (text.len <= FEW) {
        copy_few(buf->data + buf->len, text.data, text.len);
    } else {
        memcpy(buf->data + buf->len, text.data, text.len);
    }
    buf->len += text.len;
}

void
buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, slice_from(text));
}

void
buf_add_number(struct buf *buf, uint64_t number)
{
    enum {
        DIGITS = 20 /* of the greatest */
    };

    char text[DIGITS];
    size_t at = DIGITS;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(buf, slice_of(text + at, DIGITS - at));
}

enum {
    FIRST_PRINTABLE = 0x20
};

/* Those that have an escape of a letter. */
static const char letters[FIRST_PRINTABLE] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
};

static void
add_escape(struct buf *out, unsigned char byte)
{
    if (byte >= FIRST_PRINTABLE) {
        buf_add_byte(out, '\\');
        buf_add_byte(out, (char)byte);
    } else if (letters[byte] != '\0') {
        buf_add_byte(out, '\\');
        buf_add_byte(out, letters[byte]);
    } else {
        buf_print(out, "\\u%04x", (unsigned)byte);
    }
}

void
buf_add_json(struct buf *out, struct slice text)
{
    size_t done = 0;
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < FIRST_PRINTABLE || byte == '"' || byte == '\\') {
            buf_add(out, slice_of(text.data + done, i - done));
            add_escape(out, byte);
            done = i + 1;
        }
    }
    buf_add(out, slice_of(text.data + done, text.len - done));
    buf_add_byte(out, '"');
}

void
buf_print(struct buf *buf, const char *format, ...)
{
    va_list args;
    size_t room = buf->size - buf->len;
    va_start(args, format);
    int need =
        vsnprintf(room > 0 ? buf->data + buf->len : NULL, room, format, args);
    va_end(args);
    if (need <= 0) {
        return;
    }
    if ((size_t)need >= room) { /* it was cut */
        buf_reserve(buf, (size_t)need + 1);
        va_start(args, format);
        vsnprintf(buf->data + buf->len, (size_t)need + 1, format, args);
        va_end(args);
    }
    buf->len += (size_t)need;
}

void
buf_drop(struct buf *buf, size_t count)
{
    if (count >= buf->len) {
        buf->len = 0;
        return;
    }
    memmove(buf->data, buf->data + count, buf->len - count);
    buf->len -= count;
}

struct slice
buf_slice(const struct buf *buf)
{
    return slice_of(buf->data, buf->len);
}

const char *
buf_string(struct buf *buf)
{
    buf_reserve(buf, 1);
    buf->data[buf->len] = '\0';
    return buf->data;
}
