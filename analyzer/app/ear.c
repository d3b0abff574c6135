/* SPDX-License-Identifier: Apache-2.0 */
#include "app/ear.h"

#include "base/mem.h"
#include "wire/stamped.h"

#include <assert.h>

struct ear {
    struct token_key *key;
    struct stamp_minutes minutes; /* of the lines that were heard */
};

static_assert((size_t)EAR_LONGEST <= (size_t)TOKEN_LONGEST, "it has a token");

struct ear *
ear_new(const struct keyed *secret)
{
    struct ear *ear = MEM_NEW(struct ear);
    ear->key = token_key_new(secret);
    return ear;
}

void
ear_free(struct ear *ear)
{
    if (ear) {
        token_key_free(ear->key);
        mem_free(ear);
    }
}

bool
ear_hear(struct ear *ear, struct slice line, int64_t now, struct heard *heard)
{
    struct stamped stamped;
    if (line.len > EAR_LONGEST
        || !stamped_read(line, now, &ear->minutes, &stamped)) {
        return false;
    }
    heard->stamp = stamped.stamp;
    heard->token = token_of(ear->key, stamped.parts, stamped.count);
    return true;
}

struct slice
ear_line(struct slice text, size_t *bytes)
{
    size_t len = slice_find_byte(text, '\n');
    *bytes = len == SLICE_NONE ? text.len : len + 1;
    return slice_before(text, len != SLICE_NONE && len > 0
                                      && text.data[len - 1] == '\r'
                                  ? len - 1
                                  : len);
}

void
ear_listen(struct ear *ear, struct slice chunk, int64_t now,
           struct hearing *hearing)
{
    size_t at = slice_find_byte(chunk, '\n');
    hearing->count = 0;
    hearing->next = 0;
    at = at == SLICE_NONE ? chunk.len : at + 1;
    while (at < chunk.len && hearing->count < EAR_LINES) {
        struct heard_line *line = &hearing->line[hearing->count];
        size_t bytes;
        struct slice text = ear_line(slice_after(chunk, at), &bytes);
        if (at + bytes == chunk.len && chunk.data[chunk.len - 1] != '\n') {
            return;
        }
        if (ear_hear(ear, text, now, &line->heard)) {
            line->start = (uint32_t)at;
            line->len = (uint32_t)text.len;
            line->bytes = (uint32_t)bytes;
            hearing->count++;
        }
        at += bytes;
    }
}

const struct heard_line *
hearing_at(struct hearing *hearing, size_t place)
{
    while (hearing->next < hearing->count
           && hearing->line[hearing->next].start < place) {
        hearing->next++;
    }
    return hearing->next < hearing->count
                && hearing->line[hearing->next].start == place
             ? &hearing->line[hearing->next]
             : NULL;
}
