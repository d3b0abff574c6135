/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_SOURCE_H
#define PULLWHY_SOURCE_SOURCE_H

/*
 * Where bytes come from. A source knows nothing of lines: it hands out chunks
 * in order and ends once. There is no queue: while the consumer works, nothing
 * is read, and the kernel holds the rest.
 *
 * What is read once (a file to its end, standard input) speaks to
 * source_events. What lives on (followed files, the journal, children,
 * sockets) may have many origins at a time, and may have been read before: it
 * speaks to a source_host.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_events {
    /* A chunk, valid during the call. */
    void (*on_bytes)(void *ctx, struct slice bytes);

    /*
     * The last call of a source: no more bytes will come and the source frees
     * itself. `status` is 0 at the end of the input, else a negative error
     * number of libuv.
     */
    void (*on_end)(void *ctx, int status);
    void *ctx;
};

enum {
    SOURCE_SLICE = 256 * 1024, /* bytes read at once; more is slower */
    SOURCE_IDENTITY = 96,      /* room for an identity with its NUL */
    SOURCE_CURSOR = 512,       /* likewise for a cursor of journald's */
};

/* How far an origin was counted. */
struct source_mark {
    /* "file:DEVICE:INODE:FINGERPRINT", "journal:..."; empty: not known yet. */
    char identity[SOURCE_IDENTITY];
    uint64_t position; /* bytes; all that begins before it is counted */
    uint64_t resume;   /* bytes; where to read on, at most `position` */
    uint64_t anchor;   /* a hash of the bytes before `position`; 0: not known */
    int64_t modified_at; /* the file's, when it was read; us since 1970 */
    char cursor[SOURCE_CURSOR]; /* in place of a position; of a file what was
                                   seen of it, see seen.h; may be empty */
};

/* What a source has to say besides bytes. */
enum source_notice {
    NOTICE_TOLD,      /* a child's own words, a fault that passes */
    NOTICE_ROTATED,   /* a successor was found */
    NOTICE_TRUNCATED, /* a file was cut short under its reader */
    NOTICE_LOST,      /* bytes that nobody will read, or that may be lost */
    NOTICE_ENDED,     /* a child ended, a watch was cut; it is tried again */
    NOTICE_SILENT,    /* nothing came for long */
    NOTICES,
};

/* Whom a source that lives on speaks to. All strings are valid in the call. */
struct source_host {
    /* What is remembered of an identity. False: nothing. `head` are the first
     * bytes of a file, which may be known by less of its first line; else it is
     * empty. */
    bool (*recall)(void *ctx, const char *identity, struct slice head,
                   struct source_mark *mark);

    /* All that is remembered of a name (a path); returns how many, the newest
     * first, at most `room`. */
    size_t (*recall_name)(void *ctx, const char *name,
                          struct source_mark *marks, size_t room);

    /*
     * A new origin, read from mark->resume on. Returns the token that the calls
     * below get. What was closed may be opened again, from where it was: of an
     * identity, the mark of the last origin is the one to be remembered.
     */
    void *(*on_open)(void *ctx, const char *name,
                     const struct source_mark *mark);
    void (*on_bytes)(void *ctx, void *token, struct slice bytes);

    /*
     * Behind on_bytes(), and as soon as something of it is known: identity,
     * anchor (of the last newline read), modified_at, cursor. Position and
     * resume are the host's and not looked at.
     */
    void (*on_mark)(void *ctx, void *token, const struct source_mark *mark);

    /* Nothing more will come of that origin. */
    void (*on_close)(void *ctx, void *token);

    /* `name` of the origin or source, `amount` in bytes or 0, `text` for
     * people, without a full stop. */
    void (*on_notice)(void *ctx, enum source_notice notice, const char *name,
                      uint64_t amount, const char *text);

    /* The last call of a source, which frees itself; it gets end_ctx. */
    void (*on_end)(void *end_ctx, int status);
    void *end_ctx;
    void *ctx; /* of all others */
};

#endif
