/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_PROGRAM_H
#define PULLWHY_SOURCE_PROGRAM_H

/*
 * The programs that pullwhy runs and reads: how they are called, and what must
 * be known of each. A new one is a row of the table.
 */

#include "base/mem.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum program_kind {
    PROGRAM_EVENTS,     /* kubectl get events --watch ARGUMENT... */
    PROGRAM_JOURNALCTL, /* journalctl --follow ARGUMENT... */
    PROGRAM_COMMAND,    /* sh -c ARGUMENT */
    PROGRAMS,
};

/* Whether it is started again when it ended. */
enum program_restart {
    RESTART_ALWAYS,
    RESTART_FAILED, /* only if its status was not 0 */
};

enum {
    PROGRAM_WORDS = 6,
};

struct program_row {
    const char *name; /* NULL: its first argument */
    const char *words[PROGRAM_WORDS];
    enum program_restart restart;
    const char *whole; /* ends what must not be torn, as it comes again at the
                          next run; NULL: nothing does */
    bool is_watch;     /* ends with "410 Gone" when it must begin anew */
    bool has_cursor;   /* prints a __CURSOR, takes --after-cursor */
};

struct program {
    const struct program_row *row;
    const char *name;
    char **words; /* with room for one more and the NULL */
    size_t count;
    char cursor[SOURCE_CURSOR + 16]; /* the last word, of has_cursor */
    struct arena arena;              /* the words */
};

/* One call of it. */
struct program_run {
    uv_process_t *process;
    uv_exit_cb on_exit;
    const char *cursor; /* of has_cursor; empty: none is remembered */
    bool from_start;    /* without a cursor: all that is there */
    bool is_open;       /* set: `process` is to be closed, even if it failed */
};

/* The arguments are copied; a command has one. */
void program_init(struct program *program, enum program_kind kind,
                  const char *const *arguments, size_t count);
void program_free(struct program *program);

/* Other words, another identity: its cursor is not that of other units. */
void program_identity(const struct program *program,
                      char identity[SOURCE_IDENTITY]);

/*
 * Starts it as the head of a process group, with an empty standard input.
 * Returns an error number of libuv's, or 0 with the ends to read its standard
 * output and error from.
 */
int program_run(struct program *program, uv_loop_t *loop,
                struct program_run *run, int fds[2]);

#endif
