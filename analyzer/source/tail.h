/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_TAIL_H
#define PULLWHY_SOURCE_TAIL_H

/*
 * A file as a source: read from where it stands to its end, a slice at each
 * turn of the loop, so that signals and timers get their turn.
 */

#include "base/fault.h"
#include "source/blocks.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    TAIL_IDENTITY = SOURCE_IDENTITY,
};

struct tail;

/*
 * Takes over an open file (on success) and reads it when the loop runs; closes
 * it at the end, unless it is a standard stream. A folder is refused.
 */
MUST_CHECK struct tail *tail_open(uv_loop_t *loop, int fd,
                                  const struct source_events *events,
                                  struct fault *fault);
void tail_close(struct tail *tail);

/*
 * At once: what gzip packed is read as if it were not. What is damaged of it, or
 * cut short, ends it with UV_EILSEQ.
 */
void tail_unpack(struct tail *tail);

/*
 * Before the loop runs: reads in several threads, unless it is no regular file,
 * one that is turned (see below), or too short for that. What on_bytes() gets is the same all together.
 */
void tail_read_ahead(struct tail *tail, const struct blocks_config *config);

/*
 * Who the file is: "file:DEVICE:INODE:FINGERPRINT" with a fingerprint of its
 * first line, since an inode alone is given to other files later. Empty for
 * what cannot be read twice: no regular file, or one that somebody has read the
 * start of.
 */
const char *tail_identity(const struct tail *tail);

/* The file's first bytes, as many as that looks at; empty if that is. */
struct slice tail_head(const struct tail *tail);

/*
 * In on_end(): by what it is known again (see seen.h); empty for what is no
 * regular file.
 */
const char *tail_seen(const struct tail *tail);

/*
 * Whether what was seen of it still stands there; else it was written anew. If
 * nothing is known, it holds.
 */
bool tail_holds(const struct tail *tail, const char *seen);

/* Bytes; 0 for what is no regular file. */
uint64_t tail_size(const struct tail *tail);

/* What is counted of it are not the bytes that stand in the file: it is packed,
 * or of UTF-16. */
bool tail_is_turned(const struct tail *tail);

#endif
