/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_PIECES_H
#define PULLWHY_WIRE_PIECES_H

/*
 * Puts long lines together that a container runtime wrote in pieces, each
 * stream of the container for itself. Of a line longer than FRAME_LINE_MAX the
 * start is kept.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

enum stream {
    STREAM_OUT,
    STREAM_ERR,
    STREAMS,
};

struct pieces {
    struct buf text[STREAMS];
    bool is_handed[STREAMS]; /* clear it when the next line comes */
};

/* Init with {0}. */
void pieces_free(struct pieces *pieces);

/* Forgets what was handed out. */
void pieces_next_line(struct pieces *pieces);

/* How many bytes are kept. */
size_t pieces_len(const struct pieces *pieces);

/* Keeps a piece that is not the last one. */
void pieces_keep(struct pieces *pieces, enum stream stream, struct slice piece);

/*
 * The whole line that the last piece ends, valid until pieces_next_line(); the
 * piece itself if there were none before.
 */
struct slice pieces_join(struct pieces *pieces, enum stream stream,
                         struct slice last);

/* A line whose last piece never came; false: there is none. */
bool pieces_stop(struct pieces *pieces, struct slice *text);

#endif
