/* SPDX-License-Identifier: Apache-2.0 */
#include "source/chatter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MINUTE = 60 * 1000,
};

static const char dots[] = "...";

void
chatter_begin(struct chatter *chatter)
{
    chatter->last[0] = '\0';
    chatter->len = 0;
    chatter->is_cut = false;
}

static void
tell_untold(struct chatter *chatter)
{
    if (chatter->untold > 0) {
        char text[64];
        snprintf(text, sizeof(text), "%" PRIu64 " more lines were not told",
                 chatter->untold);
        chatter->untold = 0;
        chatter->on_line(chatter->ctx, text);
    }
}

static void
tell_line(struct chatter *chatter)
{
    struct slice line = slice_trim(slice_of(chatter->line, chatter->len));
    bool is_cut = chatter->is_cut;
    chatter->len = 0;
    chatter->is_cut = false;
    if (line.len == 0) {
        return;
    }
    memcpy(chatter->last, line.data, line.len);
    memcpy(chatter->last + line.len, is_cut ? dots : "", is_cut ? 4 : 1);
    if (chatter->told < CHATTER_LINES) {
        chatter->told++;
        chatter->on_line(chatter->ctx, chatter->last);
    } else {
        chatter->untold++;
    }
}

/* A NUL would end the text that is told. */
static void
keep(struct chatter *chatter, struct slice part)
{
    size_t room = sizeof(chatter->line) - sizeof(dots) - chatter->len;
    if (part.len > room) {
        chatter->is_cut = true;
        part = slice_before(part, room);
    }
    for (size_t i = 0; i < part.len; i++) {
        chatter->line[chatter->len] = ' ';
        if (part.data[i] != '\0') {
            chatter->line[chatter->len] = part.data[i];
        }
        chatter->len++;
    }
}

void
chatter_feed(struct chatter *chatter, struct slice bytes, uint64_t now)
{
    struct slice part;
    if (now - chatter->minute_at >= MINUTE) {
        chatter->minute_at = now;
        chatter->told = 0;
        tell_untold(chatter);
    }
    while (slice_cut(&bytes, '\n', &part)) {
        keep(chatter, part);
        tell_line(chatter);
    }
    keep(chatter, bytes);
}

void
chatter_end(struct chatter *chatter)
{
    tell_line(chatter);
    tell_untold(chatter);
}
