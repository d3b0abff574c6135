/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pieces.h"

#include "wire/frame.h"

void
pieces_free(struct pieces *pieces)
{
    for (size_t i = 0; i < STREAMS; i++) {
        buf_free(&pieces->text[i]);
    }
}

void
pieces_next_line(struct pieces *pieces)
{
    for (size_t i = 0; i < STREAMS; i++) {
        if (pieces->is_handed[i]) {
            buf_clear(&pieces->text[i]);
            pieces->is_handed[i] = false;
        }
    }
}

size_t
pieces_len(const struct pieces *pieces)
{
    return pieces->text[STREAM_OUT].len + pieces->text[STREAM_ERR].len;
}

void
pieces_keep(struct pieces *pieces, enum stream stream, struct slice piece)
{
    struct buf *text = &pieces->text[stream];
    buf_add(text, slice_before(piece, (size_t)FRAME_LINE_MAX - text->len));
}

struct slice
pieces_join(struct pieces *pieces, enum stream stream, struct slice last)
{
    if (pieces->text[stream].len == 0) {
        return last;
    }
    pieces_keep(pieces, stream, last);
    pieces->is_handed[stream] = true;
    return buf_slice(&pieces->text[stream]);
}

bool
pieces_stop(struct pieces *pieces, struct slice *text)
{
    for (size_t i = 0; i < STREAMS; i++) {
        if (pieces->text[i].len > 0 && !pieces->is_handed[i]) {
            pieces->is_handed[i] = true;
            *text = buf_slice(&pieces->text[i]);
            return true;
        }
    }
    return false;
}
