/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/frame.h"

#include "wire/breaks.h"

/* A line of FRAME_LINE_MAX bytes may still have its CR behind it. */
static const size_t torn_max = (size_t)FRAME_LINE_MAX + 1;

void
frame_feed(struct frame *frame, struct slice chunk)
{
    frame->chunk = chunk;
}

/* Keeps a piece of a line whose end has not come, as far as it can matter. */
static void
keep(struct frame *frame, struct slice piece)
{
    size_t room = torn_max - frame->torn.len;
    buf_add(&frame->torn, slice_before(piece, room));
    frame->skipped += slice_after(piece, room).len;
}

static void
hand_out(struct frame *frame, struct slice text, uint64_t end,
         struct frame_line *line)
{
    if (frame->skipped == 0 && text.len > 0
        && text.data[text.len - 1] == '\r') {
        text.len--;
    }
    if (text.len > FRAME_LINE_MAX) {
        text = slice_before(text, FRAME_LINE_MAX);
        frame->cut_lines++;
    }
    *line =
        (struct frame_line){.text = text, .start = frame->position, .end = end};
    frame->position = end;
    frame->skipped = 0;
    frame->is_list = false;
    frame->lines++;
}

static void
forget_handed(struct frame *frame)
{
    if (frame->handed > 0) {
        buf_drop(&frame->torn, frame->handed);
        frame->handed = 0;
    }
}

/* Whether the line is too long to be kept, and might be handed out in pieces. */
static bool
is_long(const struct frame *frame)
{
    size_t torn = frame->torn.len;
    size_t most = FRAME_LINE_MAX;
    if (torn + frame->chunk.len <= most || torn > most || frame->skipped > 0) {
        return false;
    }
    struct slice more = slice_before(frame->chunk, most - torn + 1);
    return slice_find_byte(more, '\n') == SLICE_NONE;
}

/* Fills up torn; false: it is no list, or has no piece that is whole. */
static bool
hand_piece(struct frame *frame, struct frame_line *line)
{
    size_t room = (size_t)FRAME_LINE_MAX - frame->torn.len;
    buf_add(&frame->torn, slice_before(frame->chunk, room));
    frame->chunk = slice_after(frame->chunk, room);
    struct slice torn = buf_slice(&frame->torn);
    frame->is_list = frame->is_list || breaks_suit(torn);
    size_t len = frame->is_list ? breaks_last(torn) : SLICE_NONE;
    if (len == SLICE_NONE) {
        return false;
    }
    *line = (struct frame_line){
        .text = slice_before(torn, len),
        .start = frame->position,
        .end = frame->position + len,
        .is_piece = true,
    };
    frame->position = line->end;
    frame->handed = len;
    return true;
}

bool
frame_next(struct frame *frame, struct frame_line *line)
{
    forget_handed(frame);
    if (is_long(frame) && hand_piece(frame, line)) {
        return true;
    }
    size_t at = slice_find_byte(frame->chunk, '\n');
    if (at == SLICE_NONE) {
        keep(frame, frame->chunk);
        frame->chunk = slice_of(NULL, 0);
        return false;
    }
    struct slice text = slice_before(frame->chunk, at);
    frame->chunk = slice_after(frame->chunk, at + 1);
    if (frame->torn.len > 0) {
        keep(frame, text);
        text = buf_slice(&frame->torn);
        frame->handed = text.len;
    }
    hand_out(frame, text, frame->position + frame->skipped + text.len + 1,
             line);
    return true;
}

struct slice
frame_rest(const struct frame *frame)
{
    bool is_torn = frame->torn.len > frame->handed;
    return is_torn ? slice_of(NULL, 0) : frame->chunk;
}

void
frame_skip(struct frame *frame, size_t bytes, uint64_t lines)
{
    forget_handed(frame);
    frame->chunk = slice_after(frame->chunk, bytes);
    frame->position += bytes;
    frame->lines += lines;
}

bool
frame_last(struct frame *frame, struct frame_line *line)
{
    forget_handed(frame);
    if (frame->torn.len == 0) {
        return false;
    }
    struct slice text = buf_slice(&frame->torn);
    frame->handed = text.len;
    hand_out(frame, text, frame->position + frame->skipped + text.len, line);
    return true;
}

void
frame_free(struct frame *frame)
{
    buf_free(&frame->torn);
    *frame = (struct frame){0};
}
