/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_FRAME_H
#define PULLWHY_WIRE_FRAME_H

/*
 * Cuts a stream of byte chunks into lines.
 *
 * A line that lies whole in one chunk is handed out as a view of that chunk;
 * only a line torn across chunks is copied. A line longer than FRAME_LINE_MAX
 * is cut there, its rest is skipped up to the newline, and it is counted; but a
 * list of JSON objects is handed out in pieces (breaks.h).
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    FRAME_LINE_MAX = 1024 * 1024, /* bytes, without the newline */
};

struct frame {
    struct buf torn;    /* the start of a line whose end has not come */
    struct slice chunk; /* what is left of the chunk last fed */
    uint64_t skipped;   /* bytes of the torn line beyond what torn keeps */
    size_t handed;      /* bytes of torn that go at the next call */
    bool is_list;       /* pieces of the torn line were handed out */
    uint64_t position;  /* where in the stream the next line begins */
    uint64_t lines;     /* lines handed out so far */
    uint64_t cut_lines; /* of these, how many were cut at the limit */
};

/* One line: its text without CR LF, and where it began in the stream. */
struct frame_line {
    struct slice text;
    uint64_t start; /* offset in bytes of its first byte */
    uint64_t end;   /* offset behind its newline */
    bool is_piece;  /* the line goes on behind it */
};

/* Init with {0}. The chunk must stay until the frame asks for the next one. */
void frame_feed(struct frame *frame, struct slice chunk);

/* The next whole line, valid until the next call; false: feed more. */
bool frame_next(struct frame *frame, struct frame_line *line);

/*
 * What is left of the chunk, if a line begins there; else empty. Of it so many
 * bytes, which are so many whole lines, can be left out.
 */
struct slice frame_rest(const struct frame *frame);
void frame_skip(struct frame *frame, size_t bytes, uint64_t lines);

/* At the end of the stream: the last line, if it had no newline. */
bool frame_last(struct frame *frame, struct frame_line *line);
void frame_free(struct frame *frame);

#endif
