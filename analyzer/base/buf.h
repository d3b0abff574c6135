/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_BUF_H
#define PULLWHY_BASE_BUF_H

/* Bytes that we own and that grow. Init with {0}; buf_free() at the end. */

#include "base/mem.h"
#include "base/slice.h"

#include <stddef.h>

struct buf {
    char *data;
    size_t len;  /* bytes in use */
    size_t size; /* bytes there */
};

void buf_free(struct buf *buf);  /* empty and usable again */
void buf_clear(struct buf *buf); /* empty, keeps its memory */

/* Makes room for `more` bytes behind the end; data may move. */
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct slice text);
void buf_add_text(struct buf *buf, const char *text); /* NUL-terminated */
/* In quotes, as JSON has it; bytes that are no UTF-8 stay as they are. */
void buf_add_json(struct buf *buf, struct slice text);
void buf_add_number(struct buf *buf, uint64_t number); /* in decimal */

static inline void
buf_add_byte(struct buf *buf, char byte)
{
    if (buf->len == buf->size) {
        buf_reserve(buf, 1);
    }
    buf->data[buf->len++] = byte;
}

void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_drop(struct buf *buf, size_t count); /* takes bytes off the front */

struct slice buf_slice(const struct buf *buf); /* valid until it changes */

/* The bytes with a NUL behind them; valid until the buf changes. */
const char *buf_string(struct buf *buf);

#endif
