/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_STREAM_H
#define PULLWHY_SOURCE_STREAM_H

/*
 * A pipe, a socket or a terminal as a source. Not for files: libuv aborts when
 * a pipe handle is given one, so ask stream_takes() first.
 */

#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>

struct stream;

bool stream_takes(int fd);

/*
 * The stream closes `fd` at its end, unless that is a standard stream. What can
 * only be written is refused.
 */
MUST_CHECK struct stream *stream_open(uv_loop_t *loop, int fd,
                                      const struct source_events *events,
                                      struct fault *fault);

/* Ends it early; on_end() comes with status 0. Once or more is fine. */
void stream_close(struct stream *stream);

#endif
