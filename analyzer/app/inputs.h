/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_INPUTS_H
#define PULLWHY_APP_INPUTS_H

/*
 * The files of the command line (or standard input), read one after the other
 * on a loop.
 */

#include "base/fault.h"
#include "base/slice.h"
#include "source/blocks.h"
#include "source/tail.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inputs;

/* An input that was opened; valid during the call. */
struct input {
    const char *name;        /* the path, or "stdin" */
    const struct tail *tail; /* NULL: no file */
    bool is_stream;          /* it may go on as long as it likes */
};

struct input_events {
    /* Returns what on_bytes and on_close get as `token`. */
    void *(*on_open)(void *ctx, const struct input *input);
    void (*on_bytes)(void *ctx, void *token, struct slice bytes);
    void (*on_close)(void *ctx, void *token);

    /* One could not be read; the others still are. */
    void (*on_fault)(void *ctx, const struct fault *fault);
    void (*on_done)(void *ctx); /* once, behind all else */
    void *ctx;
};

/* No names: standard input, as is "-". Free it after on_done(). */
struct inputs *inputs_start(uv_loop_t *loop, const char *const *names,
                            size_t count, const struct input_events *events);

/* At once: files are read in several threads, where that is worth it. */
void inputs_read_ahead(struct inputs *inputs,
                       const struct blocks_config *config);

/* Bytes of all of them together; 0 if that is not known of one of them. */
uint64_t inputs_size(const char *const *names, size_t count);

/* In on_close(): the input, if it is a file; else NULL. */
const struct tail *inputs_tail(const struct inputs *inputs);

/* Ends the reading early; on_done() still comes. */
void inputs_stop(struct inputs *inputs);
void inputs_free(struct inputs *inputs); /* NULL is fine */

#endif
